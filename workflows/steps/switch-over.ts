/** The verbs of leading users to a system that has come back, each with the sentence it leaves in the ledger. */
import type { ToolStoreFacts } from '../../domain/tool-store/words.ts';
import type { Check } from '../../domain/verification.ts';
import type { Recovery } from '../kit/words.ts';

export function usersOf(r: Recovery) {
  const { names, traffic } = r.facts<ToolStoreFacts>().switchOver ?? {};
  const left = itemsFor(r.target).filter(({ by }) => (by === 'names' ? names : traffic) === undefined);

  return {
    async leadNames(): Promise<void> {
      if (names === undefined) return;
      const { zone: target, ...input } = names;
      await r.recover('lead names', { scenario: 'dns-switch', workflowType: 'dnsSwitch', target, input });
    },

    async shiftTraffic(): Promise<void> {
      if (traffic === undefined) return;
      const { proxies: target, ...input } = traffic;
      await r.recover('shift traffic', { scenario: 'traffic-shift', workflowType: 'trafficShift', target, input });
    },

    /** Done by people; they are told apart so that each is ticked by itself. */
    async tickTheRest(): Promise<void> {
      if (left.length === 0) return;
      await r.checklist(
        'switch over',
        left.map(({ id, title }) => ({ id, title })),
      );
    },

    verify: () => r.verify('verify switch', () => Promise.resolve([left.length > 0 ? confirmed : led])),
  };
}

const confirmed: Check = {
  id: 'switched',
  ok: true,
  sentence: { en: 'People confirmed the switch.', ja: '切り替えが確認されました。' },
};
/** Each of them proved that by itself. */
const led: Check = {
  id: 'switched',
  ok: true,
  sentence: { en: 'Names and traffic lead here.', ja: 'DNS とトラフィックの切り替えが完了しました。' },
};

const itemsFor = (target: string) =>
  [
    {
      id: 'dns',
      by: 'names',
      title: {
        en: `DNS or load balancer leads to the new ${target}.`,
        ja: `DNS・ロードバランサを新しい ${target} に向けました。`,
      },
    },
    {
      id: 'old-stopped',
      by: 'traffic',
      title: { en: 'The old environment gets no traffic.', ja: '旧環境へのトラフィックを止めました。' },
    },
    {
      id: 'traffic',
      by: 'traffic',
      title: { en: 'Traffic reaches the new environment.', ja: '新環境へのトラフィックを開始しました。' },
    },
  ] as const;
