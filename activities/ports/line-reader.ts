/** Reads a text file line by line without holding it, links not followed. */
import type { Place } from './file-tree.ts';

export interface LineReader {
  /**
   * Gives the lines of the last `lastBytes` to `take`, each cut after `maxLine` characters, numbered within what was read.
   * Answers how much was read of how much. Fails: ENOENT, UnsafePath.
   */
  lines(
    place: Place,
    limits: { readonly lastBytes: number; readonly maxLine: number },
    take: (line: string, number: number) => void,
    signal?: AbortSignal,
  ): Promise<{ readonly read: number; readonly of: number }>;
}
