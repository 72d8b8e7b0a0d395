/** The backups of Redis servers, as workflows call them. Every one may run twice. */
import type { Backup, BackupKind } from '../../domain/backup.ts';
import type { PruneReceipt } from '../../domain/prune-plan.ts';
import type { Plan } from '../../domain/recovery.ts';

export interface RedisBackupActivities {
  listRedisBackups(input: { target: string }): Promise<readonly Backup[]>;
  /**
   * A snapshot of one node, with its append-only file where that can be read; writes `manifest.json` last. The same id twice finds
   * the finished one. Fails: no-primary, backup-tool-failed, database-refused, scratch-unusable, disk-full.
   */
  takeRedisBackup(input: {
    target: string;
    id: string;
    kind: BackupKind;
    reason?: string | undefined;
    startedAt: string;
  }): Promise<Backup>;
  /**
   * Restores what it holds beside production, starts a server of each, counts its keys, removes it; writes `verification.json`. A
   * failed test is a result, not an error. Fails: no-backup, scratch-unusable, backup-tool-failed.
   */
  testRedisBackup(input: { target: string; backup: string }): Promise<Backup>;
  /** As `holdToolStoreBackup`. Fails: no-backup. */
  holdRedisBackup(input: {
    target: string;
    backup: string;
    held: boolean;
    reason: string;
    by: string;
    at: string;
  }): Promise<Backup>;
  /** As `planToolStorePrune`. Fails: unknown-target. */
  planRedisPrune(input: { target: string; recovery: string }): Promise<Plan>;
  /** As `applyToolStorePrune`. Fails: plan-changed, target-read-only. */
  applyRedisPrune(input: { target: string; plan: string; digest: string }): Promise<PruneReceipt>;
}
