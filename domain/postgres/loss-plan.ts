/** A loss of data as people are asked about it: they accept exactly these figures. */
import { digestOf } from '../digest.ts';
import type { Plan } from '../recovery.ts';
import { size } from '../sizes.ts';
import type { Loss } from './loss.ts';
import type { LogTail } from './node-state.ts';

interface Price {
  readonly node: string;
  readonly position: string | null;
  readonly tail?: LogTail;
  readonly loss: Loss;
}

export function planLoss({ node, position, tail, loss }: Price): Plan {
  return {
    summary: {
      en: `${node} takes over. ${loss.sentence.en}`,
      ja: `${node} が引き継ぎます。${loss.sentence.ja}`,
    },
    digest: digestOf({ node, position, tail: tail ?? null }),
    size: { items: tail?.commits ?? 1, bytes: tail?.bytes ?? 0, share: 0 },
    counts: { add: 0, overwrite: 0, keep: 0, remove: tail?.commits ?? 1 },
    changes: [
      {
        action: 'remove',
        path: `commits that ${node} has not`,
        before: tail
          ? `${tail.commits} commits, ${size(tail.bytes)} of the log, at least ${tail.rows} rows, ${tail.firstCommitAt ?? '?'} to ${tail.lastCommitAt ?? '?'}`
          : 'unknown: the disk of the node before it cannot be read',
      },
    ],
    truncated: false,
    ref: '',
  };
}
