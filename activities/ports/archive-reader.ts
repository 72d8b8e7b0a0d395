/** Archives that the runbook's script left. */
import type { Place } from './file-tree.ts';

export interface ArchiveReader {
  /**
   * Unpacks a `.tar.gz` into a new folder, regular files and folders only. Fails: backup-unsafe (links, devices, paths that
   * leave the folder, more than `maxBytes` or `maxFiles`), backup-corrupt (not such an archive). On failure nothing is left of it.
   */
  unpack(archive: Place, into: Place, limits: { maxBytes: number; maxFiles: number }, signal?: AbortSignal): Promise<void>;
}
