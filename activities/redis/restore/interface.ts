/** The effects of a restore into Redis servers, as workflows call them. Every one may run twice. */
import type { Plan } from '../../../domain/recovery.ts';
import type { RestoreSource } from '../../../domain/redis/taken-backup.ts';
import type { Text } from '../../../domain/text.ts';
import type { RedisAssessment } from '../failover/interface.ts';

export interface ChosenRedisBackup {
  readonly backup: string;
  readonly source: RestoreSource;
  readonly why: Text;
  /** Milliseconds of writes that it cannot bring back. */
  readonly lostMs: number;
  /** What the servers are held against afterwards. */
  readonly expected: RedisAssessment;
}

type AboutPlan = { readonly target: string; readonly recovery: string; readonly plan: string };

export interface RedisRestoreActivities {
  /** Tests candidates by a restore beside production until one passes. Fails: no-backup, backup-corrupt, no-primary, cut-over-refused, scratch-unusable. */
  chooseRedisBackup(input: {
    target: string;
    backup?: string | undefined;
    source?: RestoreSource | undefined;
    brokenSince?: string | undefined;
  }): Promise<ChosenRedisBackup>;
  /** Reads only; keeps the whole plan in the record store. Fails: no-primary, database-refused. */
  planRedisRestore(input: {
    target: string;
    recovery: string;
    backup: string;
    source: RestoreSource;
    wayBack: string;
  }): Promise<Plan>;
  /**
   * Starts a restored server beside production, has the master copy it as a replica, and makes it a master again; waits for the
   * other replicas. Fails: plan-changed, backup-corrupt, not-following, database-refused, scratch-unusable, scratch-server-failed.
   */
  applyRedisRestore(input: AboutPlan): Promise<{ readonly keys: number }>;
  /** The same with the backup of what was there, where the restore had begun. Fails: as `applyRedisRestore`. */
  undoRedisRestore(input: AboutPlan): Promise<{ readonly keys: number }>;
}
