/** The effects of repairs and restores of the audit log, as workflows call them. Every one may run twice. */
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { Check } from '../../domain/verification.ts';

/** What was done with the log, in figures; the whole receipt lies beside it. */
export interface RepairReceipt {
  readonly receipt: string;
  readonly good: number;
  readonly salvaged: number;
  readonly rejected: number;
  readonly rejectedBytes: number;
  /** Bytes that still came to the old file and were brought over. */
  readonly lateBytes: number;
  readonly findings: readonly Text[];
}

export interface AuditLogActivities {
  /** Goes through the whole log. Reads only; writes the whole plan to the record store. Fails: log-missing, target-missing. */
  planLogRepair(input: { target: string; recovery: string }): Promise<Plan>;
  /**
   * Merges the log of a backup with what the live one still has, on paper. Reads only; writes the whole plan to the record store.
   * Fails: no-backup (or none with a log), backup-corrupt, backup-unsafe, log-too-large, target-missing.
   */
  planLogRestore(input: { target: string; recovery: string; backup: string }): Promise<Plan>;
  /** Writes the repaired or restored log anew, swaps it in, keeps the original. Fails: plan-changed, log-held-open, target-read-only, disk-full. */
  applyLogRepair(input: { target: string; plan: string; digest: string }): Promise<RepairReceipt>;
  /** Puts the original back with what was appended since. Fails: plan-changed (no such plan), log-held-open. */
  undoLogRepair(input: { target: string; plan: string }): Promise<void>;
  /** A second look at everything from disk: sums, counts, every line. Reads only. */
  verifyLogRepair(input: { target: string; plan: string }): Promise<readonly Check[]>;
}
