/** What the questions after a restore are asked about. */
import type { BackupFile, LiveFile, RestoreChange, RestorePlan } from './restore-plan.ts';

export interface RestoredWorld {
  readonly plan: RestorePlan;
  readonly live: readonly LiveFile[];
  /** What the backup holds, by path. */
  readonly backup: ReadonlyMap<string, BackupFile>;
  readonly logThere: boolean;
  /** Our own unfinished files. */
  readonly leftovers: readonly string[];
  readonly mayGiveAway: boolean;
}

export interface Covered {
  readonly change: RestoreChange;
  readonly live: LiveFile | undefined;
}
