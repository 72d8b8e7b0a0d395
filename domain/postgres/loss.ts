/** What is lost where a standby takes over, in commits, rows and seconds, and whether that lies within the budget. */
import type { Text } from '../text.ts';
import { nothingBehind, type LogTail } from './node-state.ts';

export interface LossQuestion {
  /** What the primary that is gone has beyond the standby; undefined where it could not be read. */
  readonly tail: LogTail | undefined;
  /** The last commit that the standby has; null where it knows none. */
  readonly lastCommitAt: string | null;
  readonly budgetMs: number;
}

export interface Loss {
  readonly isWithin: boolean;
  readonly sentence: Text;
  /** Milliseconds of work; undefined where nobody knows. */
  readonly lostMs?: number;
}

/** An unknown loss counts as over every budget. */
export function decideLoss({ tail, lastCommitAt, budgetMs }: LossQuestion): Loss {
  if (tail === undefined) {
    return { isWithin: false, sentence: unknownBehind(lastCommitAt) };
  }
  if (tail.commits === 0) {
    return { isWithin: true, lostMs: 0, sentence: { en: 'No commit is lost.', ja: '失われるコミットはありません。' } };
  }
  const lostMs = Math.max(0, Date.parse(tail.lastCommitAt!) - Date.parse(lastCommitAt ?? tail.firstCommitAt!));
  const [lost, budget] = [lostMs, budgetMs].map((ms) => `${Math.ceil(ms / 1_000)} s`);
  return {
    isWithin: lostMs <= budgetMs,
    lostMs,
    sentence: {
      en: `${tail.commits} commits of ${lost} would be lost, with at least ${tail.rows} rows; the budget is ${budget}.`,
      ja: `${lost} 分のコミット ${tail.commits} 件(${tail.rows} 行以上)が失われます(許容 ${budget})。`,
    },
  };
}

/** How much nobody knows, but since when. */
const unknownBehind = (lastCommitAt: string | null): Text =>
  lastCommitAt === null
    ? { en: 'What would be lost is unknown.', ja: '失われるデータ量が不明です。' }
    : {
        en: `What would be lost is unknown: no commit from before ${lastCommitAt}, perhaps any after it.`,
        ja: `失われるデータ量が不明です。${lastCommitAt} より前のコミットは失われず、以降は失われる可能性があります。`,
      };

/** The log that several nodes have beyond the standby, taken together; unknown where one of them is. */
export function allTails(tails: readonly (LogTail | undefined)[]): LogTail | undefined {
  if (tails.some((tail) => tail === undefined)) return undefined;
  return (tails as readonly LogTail[]).reduce((most, tail) => (tail.commits > most.commits ? tail : most), nothingBehind);
}
