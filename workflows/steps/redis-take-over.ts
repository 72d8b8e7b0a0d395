/** The verbs of a Redis failover once the fence is proven, each with the sentence it leaves in the ledger. */
import type { Repointed } from '../../activities/endpoints/repointed.ts';
import type {
  BroughtBack,
  Promoted,
  RedisAssessment,
  RedisFailoverActivities,
} from '../../activities/redis/failover/interface.ts';
import type { Loss } from '../../domain/redis/judge-loss.ts';
import type { Text } from '../../domain/text.ts';
import type { Said } from '../kit/attempt.ts';
import type { Recovery } from '../kit/words.ts';
import { broughtBackOrLeft } from './bring-back.ts';
import type { RedisFence } from './redis-fence.ts';

export function redisTakeOver(r: Recovery) {
  const { target } = r;
  const on = r.on<RedisFailoverActivities>();

  return {
    /** `takesWrites`: it does not wait for replicas. */
    async promote({ successor }: RedisAssessment, { plan }: RedisFence): Promise<{ readonly takesWrites: boolean }> {
      await r.pointOfNoReturn(noWayBack(successor));
      return r.act<{ readonly takesWrites: boolean }>('promote', {
        would: { en: `Would make ${successor} the master.`, ja: `${successor} をマスターに昇格する予定。` },
        dry: { takesWrites: true },
        act: async () => promoted(successor, await on.patient.promoteRedis({ target, plan: plan.ref })),
      });
    },

    repoint: ({ successor }: RedisAssessment) =>
      r.act<void>('repoint', {
        would: { en: `Would lead clients to ${successor}.`, ja: `クライアントの接続先を ${successor} に切り替える予定。` },
        dry: undefined,
        act: async () => repointed(successor, await on.patient.repointRedis({ target, master: successor })),
        skip: { value: undefined },
      }),

    follow: ({ successor }: RedisAssessment, { suspects }: RedisFence) =>
      r.act<void>('follow', {
        would: { en: `Would have the other replicas follow ${successor}.`, ja: `他のレプリカを ${successor} に追従させる予定。` },
        dry: undefined,
        act: async () => following(successor, await on.patient.followRedis({ target, master: successor, leave: suspects })),
      }),

    /** Answers with the nodes that are not there: those that were given up on, and replicas that were away before. */
    async bringBack(
      { successor, silent }: RedisAssessment,
      { suspects }: RedisFence,
      { bytes }: Loss,
      mayLeave: boolean,
    ): Promise<readonly string[]> {
      const leftOut = silent.filter((node) => !suspects.includes(node));
      for (const node of suspects) {
        const isBack = await r.act<boolean>(`bring back ${node}`, {
          would: { en: `Would make ${node} a replica of ${successor}.`, ja: `${node} を ${successor} のレプリカにする予定。` },
          dry: true,
          act: () => {
            const request = { target, recovery: r.id, node, master: successor, mayHoldMore: bytes !== 0 };
            return broughtBackOrLeft(node, mayLeave, async () =>
              broughtBack(node, successor, await on.patient.bringBackRedis(request)),
            );
          },
          skip: { value: false },
        });
        if (!isBack) leftOut.push(node);
      }
      return leftOut;
    },

    verify: (
      assessed: RedisAssessment,
      { isMarked }: RedisFence,
      { loss, leftOut }: { readonly loss: Loss; readonly leftOut: readonly string[] },
    ) =>
      r.verify('verify', () => {
        const mark = isMarked && loss.bytes === 0 ? r.id : undefined;
        return on.patient.verifyRedisFailover({ target, assessed, leftOut, mark });
      }),
  };
}

const noWayBack = (successor: string): Text => ({
  en: `From here on ${successor} takes writes: the way back is another failover.`,
  ja: `ここから ${successor} が書き込みを受け付けます。戻すには再度切り替えます。`,
});

function promoted(node: string, { already, isPersisted, ms, refused }: Promoted): Said<{ readonly takesWrites: boolean }> {
  const write =
    refused === undefined
      ? { en: `the first write took ${ms} ms`, ja: `最初の書き込みは ${ms} ミリ秒` }
      : { en: `the first write was refused (${refused})`, ja: `最初の書き込みは拒否されました(${refused})` };
  const kept = isPersisted ? { en: '', ja: '' } : forgets(node);
  return {
    value: { takesWrites: refused === undefined },
    outcome: already ? 'already-done' : 'done',
    sentence: {
      en: `${node} ${already ? 'was the master already' : 'is the master'}; ${write.en}.${kept.en}`,
      ja: `${node} ${already ? 'は既にマスターでした' : 'をマスターに昇格しました'}。${write.ja}。${kept.ja}`,
    },
    evidence: { isPersisted, ...(ms !== undefined && { ms }) },
  };
}

const forgets = (nodes: string): Text => ({
  en: ` ${nodes} could not write its configuration: after a restart it would be what it was before.`,
  ja: `${nodes} は設定を書き換えられないため、再起動すると元の役割に戻ります。`,
});

function repointed(master: string, endpoints: readonly Repointed[]): Said<void> {
  const names = endpoints.map(({ endpoint }) => endpoint);
  return {
    value: undefined,
    outcome: endpoints.every(({ outcome }) => outcome === 'already') ? 'already-done' : 'done',
    sentence:
      names.length === 0
        ? { en: 'No endpoints are declared.', ja: '接続先の定義はありません。' }
        : { en: `${names.join(', ')} leads to ${master}.`, ja: `${names.join('、')} の接続先は ${master} です。` },
    evidence: { endpoints },
  };
}

function following(
  master: string,
  { following: nodes, notPersisted }: { readonly following: readonly string[]; readonly notPersisted: readonly string[] },
): Said<void> {
  const kept = notPersisted.length === 0 ? { en: '', ja: '' } : forgets(notPersisted.join(', '));
  return {
    value: undefined,
    sentence: {
      en: `${nodes.join(', ') || 'Nobody else'} follows ${master}.${kept.en}`,
      ja: `${nodes.join('、') || '他に該当なし'}: ${master} に追従。${kept.ja}`,
    },
  };
}

function broughtBack(node: string, master: string, { kept, isStarted, isPersisted }: BroughtBack): Said<boolean> {
  const copy =
    kept === undefined ? { en: '', ja: '' } : { en: ` What it had lies in ${kept}.`, ja: `元のデータは ${kept} にあります。` };
  const forgot = isPersisted ? { en: '', ja: '' } : forgets(node);
  return {
    value: true,
    sentence: {
      en: `${node} ${isStarted ? 'was started and ' : ''}follows ${master}.${copy.en}${forgot.en}`,
      ja: `${node} を${isStarted ? '起動し' : ''} ${master} に追従させました。${copy.ja}${forgot.ja}`,
    },
    ...(kept !== undefined && { evidence: { kept } }),
  };
}
