/** The backups of a PostgreSQL cluster, as workflows call them. Every one may run twice. */
import type { Backup, BackupKind } from '../../domain/backup.ts';
import type { RecoveryGoal } from '../../domain/postgres/recovery-goal.ts';
import type { PruneReceipt } from '../../domain/prune-plan.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { FoundWindow } from './find-window.ts';

export interface PostgresBackupActivities {
  listPostgresBackups(input: { target: string }): Promise<readonly Backup[]>;
  /**
   * By the tool that the inventory names; writes `manifest.json` last. The same id twice finds the finished one.
   * Fails: no-primary, backup-tool-failed, log-not-archived, database-refused, scratch-unusable, disk-full.
   */
  takePostgresBackup(input: {
    target: string;
    id: string;
    kind: BackupKind;
    reason?: string | undefined;
    startedAt: string;
  }): Promise<Backup>;
  /**
   * Restores beside production, starts it, asks it by SQL, removes it; writes `verification.json`. A failed test is a result, not
   * an error. Fails: no-backup, scratch-unusable, backup-tool-failed.
   */
  testPostgresBackup(input: { target: string; backup: string }): Promise<Backup>;
  /** As `holdToolStoreBackup`. Fails: no-backup. */
  holdPostgresBackup(input: {
    target: string;
    backup: string;
    held: boolean;
    reason: string;
    by: string;
    at: string;
  }): Promise<Backup>;
  /** As `planToolStorePrune`. Fails: unknown-target. */
  planPostgresPrune(input: { target: string; recovery: string }): Promise<Plan>;
  /** As `applyToolStorePrune`; what the tool keeps goes with its manifest. Fails: plan-changed, target-read-only. */
  applyPostgresPrune(input: { target: string; plan: string; digest: string }): Promise<PruneReceipt>;
  /**
   * Which moments can be reached, whether the goal is one, and by which backup. For an instant that has passed and is not archived
   * yet it commits a marker and closes the file of the log first. Fails: no-primary, log-not-archived, database-refused.
   */
  findPostgresWindow(input: { target: string; goal: RecoveryGoal }): Promise<FoundWindow>;
}
