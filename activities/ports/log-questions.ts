/** Asks an audit log of any size a question, in one pass. */
import type { LogTally } from '../../domain/log-questions/tally.ts';
import type { AskedQuestion } from '../../domain/log-questions/words.ts';
import type { Place } from './file-tree.ts';

export interface LogReader {
  /**
   * Counts the log as it is at this moment; what is appended meanwhile is left out, and so is a last line still being written.
   * Memory does not grow with the log. Fails: ENOENT, UnsafePath; ends early when `signal` aborts.
   */
  tally(log: Place, asked: AskedQuestion, signal?: AbortSignal): Promise<{ readonly tally: LogTally; readonly bytes: number }>;
}
