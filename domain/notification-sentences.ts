/** What the ledger says of a message: who was told by which channel, and who could not be. */
import type { Delivery, Notification, Told } from './notification.ts';
import type { Text } from './text.ts';

const occasions = {
  gate: { en: 'The gate', ja: '関門' },
  reminder: { en: 'The reminder', ja: '催促' },
  'next-group': { en: 'The question to the next group', ja: '次のグループへの依頼' },
  alone: { en: 'That one may go on alone', ja: '単独続行の可否' },
  'failed-step': { en: 'The failed step', ja: '失敗した手順' },
  'decided-alone': { en: 'That one went on alone', ja: '単独続行' },
  'break-glass': { en: 'The overridden safety check', ja: '安全検査の優先' },
  'over-budget': { en: 'The overrun', ja: '予定超過' },
  'schedule-failed': { en: 'The news of a failed run', ja: '定期実行の失敗通知' },
  end: { en: 'The end', ja: '終了' },
} as const satisfies Record<Notification['occasion'], Text>;

/** Undefined where there is nothing worth a line: a reminder that nobody can hear, because no channel is declared. */
export function toldAs({ occasion }: Notification, { reached, failed, why }: Told & { readonly why?: Text }): Text | undefined {
  const what = occasions[occasion];
  if (why) return { en: `${what.en} could not be told: ${why.en}`, ja: `${what.ja}を知らせられません: ${why.ja}` };
  if (reached.length + failed.length === 0) {
    if (occasion === 'reminder') return undefined;
    return { en: `${what.en} was told to nobody: no channel reaches them.`, ja: `${what.ja}を知らせる手段がありません。` };
  }
  const said = reached.length === 0 ? undefined : listed(reached);
  const unsaid = failed.map((one) => `${one.channel} ${one.to} (${one.why})`).join(', ');
  return {
    en: [said && `${what.en} was told to ${said}.`, unsaid && `${what.en} could not be told to ${unsaid}.`]
      .filter(Boolean)
      .join(' '),
    ja: [said && `${what.ja}を ${said} に知らせました。`, unsaid && `${what.ja}を ${unsaid} に知らせられませんでした。`]
      .filter(Boolean)
      .join(''),
  };
}

const listed = (deliveries: readonly Delivery[]): string => deliveries.map(({ channel, to }) => `${to} (${channel})`).join(', ');
