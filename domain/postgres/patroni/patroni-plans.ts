/** What people are shown before Patroni is asked for another leader. */
import { digestOf } from '../../digest.ts';
import type { Plan } from '../../recovery.ts';
import { size } from '../../sizes.ts';
import type { Loss } from '../loss.ts';
import type { PatroniSituation } from './patroni-situation.ts';

type Move = Extract<PatroniSituation, { is: 'move' }>;
type Stuck = Extract<PatroniSituation, { is: 'stuck' }>;

/** A leader that takes writes is to step down. */
export function planStepDown({ leader, successor }: Move): Plan {
  return {
    summary: {
      en: `${leader} takes writes; Patroni stops it and has ${successor} lead.`,
      ja: `書き込み中の ${leader} を Patroni が停止し、${successor} が引き継ぎます。`,
    },
    digest: digestOf({ leader, successor }),
    size: { items: 1, bytes: 0, share: 0 },
    counts: { add: 1, overwrite: 0, keep: 0, remove: 0 },
    changes: [{ action: 'add', path: `leader ${successor}`, before: `${leader} takes writes`, after: `${leader} is a standby` }],
    truncated: false,
    ref: '',
  };
}

/** Only the disk of the leader that is gone could tell more; Patroni does not read it. */
export function lossOf({ leader, successor, lag, hasAll }: Stuck): Loss {
  if (hasAll) {
    return {
      isWithin: true,
      lostMs: 0,
      sentence: {
        en: `${successor} has confirmed every commit: none is lost.`,
        ja: `${successor} は全コミットを確認済みで、損失はありません。`,
      },
    };
  }
  const [en, ja] =
    lag === null
      ? ['Patroni does not know how far it was behind', '遅延量は Patroni にも不明です']
      : [
          `it lacks ${size(lag)} of what Patroni last knew of ${leader ?? 'the leader'}`,
          `Patroni が最後に把握した ${leader ?? 'リーダー'} の位置から ${size(lag)} 遅れています`,
        ];
  return {
    isWithin: false,
    sentence: {
      en: `What would be lost is unknown; ${en}, and what was written after that nobody can say.`,
      ja: `失われるデータ量は不明です。${ja}。その後の書き込みは不明です。`,
    },
  };
}
