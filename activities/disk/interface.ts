/** Room on the disk of a tool store, as workflows ask for it. Every one may run twice. */
import type { ArchiveReceipt, ArchiveUndone, DiskUse, LeastUsed } from '../../domain/disk/words.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Check } from '../../domain/verification.ts';

export interface DiskActivities {
  /** Free room on every file system that holds the target, its repositories and our data, and who takes it. Reads only. Fails: target-missing. */
  lookAtDisk(input: { target: string }): Promise<DiskUse>;
  /** Tools of the store by their runs in the log, least first. Reads only. */
  listLeastUsedTools(input: { target: string }): Promise<LeastUsed>;
  /** Removes what killed attempts of ours left in the target, but for pieces of the log. Fails: target-missing, target-read-only. */
  removeOwnLeftovers(input: { target: string }): Promise<{ removed: number; bytes: number }>;
  /**
   * Which lines at the beginning of the log are older than `olderThanDays` (the target's `archiveAfter` when left out), and where
   * they would go. Writes the whole plan to the record store. Fails: target-missing.
   */
  planArchive(input: { target: string; recovery: string; olderThanDays?: number | undefined }): Promise<Plan>;
  /**
   * Packs the lines, unpacks and compares, and only then takes them out of the log; what is appended meanwhile is kept. Works
   * with no byte free on the target as long as the data folder has room.
   * Fails: plan-changed, archive-unreadable, disk-full, target-read-only, log-held-open.
   */
  applyArchive(input: { target: string; plan: string; digest: string }): Promise<ArchiveReceipt>;
  /** Puts the archived lines back in front, wherever `applyArchive` was cut short, then removes the archive. Fails: as applyArchive. */
  undoArchive(input: { target: string; plan: string }): Promise<ArchiveUndone>;
  /** Log in place, archive readable, room gained or enough. `plan` and `before`: what was archived, and how much was free. Reads only. */
  verifyDisk(input: { target: string; plan?: string | undefined; freeBefore: number }): Promise<readonly Check[]>;
}
