/** Keeping and letting go of a tool store's backups, as workflows call it. Every one may run twice. */
import type { Backup } from '../../domain/backup.ts';
import type { PruneReceipt } from '../../domain/prune-plan.ts';
import type { Plan } from '../../domain/recovery.ts';

export interface BackupKeepingActivities {
  /**
   * Decides by the inventory's policy what may go (domain/retention.ts) and writes the whole plan to the record store.
   * `recovery` names it there: a recovery's id or a workflow's. Changes nothing. Fails: unknown-target.
   */
  planToolStorePrune(input: { target: string; recovery: string }): Promise<Plan>;
  /**
   * Removes what the plan names and today's policy still lets go, dependents first, each written to the trail before it goes.
   * What changed since is spared, not removed. Fails: plan-changed (no such plan), target-read-only.
   */
  applyToolStorePrune(input: { target: string; plan: string; digest: string }): Promise<PruneReceipt>;
  /** Keeps a backup against retention in every repository that has it, or lets it go its way again. Fails: no-backup. */
  holdToolStoreBackup(input: {
    target: string;
    backup: string;
    held: boolean;
    reason: string;
    by: string;
    at: string;
  }): Promise<Backup>;
}
