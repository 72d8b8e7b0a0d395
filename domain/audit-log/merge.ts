/** How the log of a backup and what the live log still has become one: by time and place, nothing twice, nothing lost. */

/** Of both logs together: the index of so many lines fits into memory. */
export const mostLines = 8_000_000;

/** One line, as it is compared. */
export interface MergeLine {
  readonly text: string;
  /** Milliseconds; -Infinity where the record has no time. */
  readonly time: number;
  readonly id?: string | undefined;
}

/** Time and id of a line that is one object. */
export function mergeLine(text: string): MergeLine {
  const { timestamp, id } = JSON.parse(text) as { timestamp?: unknown; id?: unknown };
  const time = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return { text, time: Number.isNaN(time) ? -Infinity : time, ...(typeof id === 'string' ? { id } : {}) };
}

/** Which lines of one moment stay, and from where. */
export interface Moment {
  /** Indexes into the backup's lines that the live log does not have. */
  readonly onlyBackup: readonly number[];
  /** Indexes into the live lines that the backup does not have. */
  readonly onlyLive: readonly number[];
  /** How many both have. */
  readonly both: number;
}

/**
 * Of lines with the same time: as often as the source that has it more often. Identical lines of one source are different
 * events that look alike; the same line in both sources is one event.
 */
export function compareMoment(backup: readonly string[], live: readonly string[]): Moment {
  const left = new Map<string, number>();
  for (const text of live) left.set(text, (left.get(text) ?? 0) + 1);
  const onlyBackup: number[] = [];
  const matched = new Map<string, number>();
  for (const [at, text] of backup.entries()) {
    const count = left.get(text) ?? 0;
    if (count === 0) onlyBackup.push(at);
    else {
      left.set(text, count - 1);
      matched.set(text, (matched.get(text) ?? 0) + 1);
    }
  }
  const onlyLive: number[] = [];
  for (const [at, text] of live.entries()) {
    const count = matched.get(text) ?? 0;
    if (count === 0) onlyLive.push(at);
    else matched.set(text, count - 1);
  }
  return { onlyBackup, onlyLive, both: live.length - onlyLive.length };
}

/** What a merge did with each line. */
export interface MergeCounts {
  /** In the merged log. */
  readonly lines: number;
  readonly onlyBackup: number;
  readonly onlyLive: number;
  readonly both: number;
  /** Live lines whose id the backup has with other content: the backup's stays, these go to quarantine. */
  readonly disagree: number;
  readonly disagreeBytes: number;
  readonly keptBytes: number;
  readonly rejectedBytes: number;
}
