/** Whether room was made, and nothing lost for it. */
import type { Check } from '../verification.ts';
import type { ArchivePlan } from './archive-plan.ts';
import { isShort, type Space } from './short-of-space.ts';
import { size } from '../sizes.ts';

export interface DiskView {
  readonly space: Space;
  readonly freeBefore: number;
  /** What was archived; undefined where nothing was. */
  readonly archived: ArchivePlan | undefined;
  readonly archiveHolds: boolean;
  readonly logBegins: boolean;
  readonly logThere: boolean;
  /** Our own unfinished files in the target. */
  readonly leftovers: readonly string[];
}

export function checkDisk({ space, freeBefore, archived, archiveHolds, logBegins, logThere, leftovers }: DiskView): Check[] {
  const gained = space.freeBytes - freeBefore;
  const room = { freeBytes: space.freeBytes, gained };
  const isEnough = gained > 0 || !isShort(space);
  return [
    {
      id: 'free-space',
      ok: isEnough,
      sentence: {
        en: `${size(space.freeBytes)} of ${size(space.totalBytes)} are free, ${size(gained)} more than before.`,
        ja: `空き ${size(space.freeBytes)}(全体 ${size(space.totalBytes)}、増分 ${size(gained)})。`,
      },
      evidence: room,
    },
    {
      id: 'log-there',
      ok: logThere,
      sentence: logThere
        ? { en: 'The log is in place.', ja: 'ログは所定の場所にあります。' }
        : { en: 'The log is not in place.', ja: 'ログが所定の場所にありません。' },
    },
    ...(archived === undefined
      ? []
      : [
          {
            id: 'archive-readable',
            ok: archiveHolds && !logBegins,
            sentence:
              archiveHolds && !logBegins
                ? {
                    en: `${archived.archive} unpacks to every line taken out.`,
                    ja: `${archived.archive} から全ての行を展開できます。`,
                  }
                : {
                    en: `${archived.archive} does not hold the lines, or the log still does.`,
                    ja: `${archived.archive} に行がないか、ログに残っています。`,
                  },
          },
        ]),
    {
      id: 'no-leftovers',
      ok: leftovers.length === 0,
      sentence:
        leftovers.length === 0
          ? { en: 'Nothing unfinished is left behind.', ja: '作業中のファイルは残っていません。' }
          : { en: `Left behind: ${leftovers.join(', ')}.`, ja: `残っている作業中ファイル: ${leftovers.join('、')}。` },
    },
  ];
}
