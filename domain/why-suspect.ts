/** Which backups may hold the damage: those that shrank, and those taken in the middle of a change. */
import { newestFirst, type Backup } from './backup.ts';
import type { Text } from './text.ts';

/** More than this part gone since the one before: a backup *of the damage*, until people say otherwise. */
const shrinkLimit = 0.2;

/** A kind of thing that a backup counts, and that does not vanish by itself. */
export interface Measure {
  /** Its name in `counts`. */
  readonly count: string;
  readonly name: Text;
}

/**
 * Why a backup with such counts is suspect, or undefined. `earlier` are the target's other backups; it is measured against
 * the newest of them that is not suspect itself, so that damage does not become the new normal after one night.
 */
export function whySuspect(
  { counts, startedAt }: Pick<Backup, 'counts' | 'startedAt'>,
  earlier: readonly Backup[],
  measures: readonly Measure[],
  openChange?: string,
): Text | undefined {
  if (openChange !== undefined) {
    return {
      en: `It was taken during the unfinished change of ${openChange}.`,
      ja: `${openChange} の未完了の変更中に取得されました。`,
    };
  }
  const good = earlier
    .filter((one) => Date.parse(one.startedAt) < Date.parse(startedAt) && one.status !== 'suspect')
    .toSorted(newestFirst)[0];
  if (good === undefined) return undefined;
  for (const { count, name } of measures) {
    const [now, before] = [counts[count], good.counts[count]];
    if (now === undefined || before === undefined || now >= before * (1 - shrinkLimit)) continue;
    return {
      en: `It holds ${now} ${name.en}, ${good.id} before it held ${before}.`,
      ja: `${name.ja}が ${now} 件しかなく、以前の ${good.id} は ${before} 件でした。`,
    };
  }
  return undefined;
}
