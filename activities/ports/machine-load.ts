/** How busy the machine near the target is. Reads only. */
import type { MachineLoad } from '../../domain/timeouts/words.ts';

export interface MachineLoadReader {
  /** Watches for `watchMs` and says what it saw; the disk is the one that holds `root`. At most `most` processes. Fails: ENOENT for the root. */
  readLoad(root: string, options: { watchMs: number; most: number; signal?: AbortSignal | undefined }): Promise<MachineLoad>;
}
