/** When a disk counts as short of space, and what a diagnosis then says. */
import type { Diagnosis } from '../diagnosis.ts';
import { size } from '../sizes.ts';

const enough = 1_000_000_000;
/** Small disks are not short of space as long as a tenth is free. */
const enoughShare = 0.1;

export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export const isShort = ({ freeBytes, totalBytes }: Space): boolean => freeBytes < Math.min(enough, totalBytes * enoughShare);

/** What a look at a target adds where space is short; nothing elsewhere. */
export function shortOfSpace(space: Space): Pick<Diagnosis, 'symptoms' | 'suggests'> {
  if (!isShort(space)) return { symptoms: [], suggests: [] };
  const [free, total] = [size(space.freeBytes), size(space.totalBytes)];
  return {
    symptoms: [
      {
        id: 'disk-short',
        sentence: { en: `Only ${free} of ${total} are free.`, ja: `空き容量が ${total} 中 ${free} しかありません。` },
        evidence: { freeBytes: space.freeBytes, totalBytes: space.totalBytes },
      },
    ],
    suggests: [
      {
        scenario: 'disk-exhaustion',
        input: {},
        why: {
          en: `Only ${free} are free; old log lines and backups past their time can make room.`,
          ja: `空きが ${free} です。古いログ行と期限切れのバックアップを整理できます。`,
        },
      },
    ],
  };
}
