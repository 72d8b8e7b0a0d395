/** The effects of bringing a PostgreSQL cluster back to a moment, as workflows call them. Every one may run twice. */
import type { Plan } from '../../../domain/recovery.ts';
import type { Text } from '../../../domain/text.ts';
import type { Check } from '../../../domain/verification.ts';

/** One of them, as a request says it. */
export interface PitrWish {
  readonly at?: string | undefined;
  readonly lsn?: string | undefined;
  readonly transaction?: string | undefined;
  readonly restorePoint?: string | undefined;
  /** Id of the recovery that set the wanted database aside. */
  readonly previous?: string | undefined;
}

export interface FoundMoment {
  /** Record of it. */
  readonly ref: string;
  readonly sentence: Text;
  /** Id of the backup that is restored; absent where an earlier database is put back. */
  readonly backup?: string;
}

export interface RestoredCopy {
  readonly timeline: number;
  /** Commit time (ISO) of the last transaction that it has; null where it replayed none. */
  readonly lastCommitAt: string | null;
}

export interface Comparison {
  /** Record of it; absent where nobody takes writes that it could be compared with. */
  readonly ref?: string;
  readonly sentence: Text;
  /** From the last transaction of the restored copy until it was compared. */
  readonly backMs?: number;
}

export interface Seated {
  readonly node: string;
  readonly timeline: number;
  /** Folder with the database that was there before. */
  readonly kept: string;
}

/** Instants, ISO. */
export interface Stretch {
  readonly good: string;
  readonly bad: string;
}

type AboutPlan = { readonly target: string; readonly recovery: string; readonly plan: string };

export interface PostgresPitrActivities {
  /** Reads what is wished, and holds it against what can be reached. Fails: goal-refused, outside-window, not-kept-here, log-not-archived, no-primary. */
  findPostgresMoment(input: { target: string; recovery: string; wish: PitrWish }): Promise<FoundMoment>;
  /** Restores a copy beside production and has it pause at the moment. Fails: backup-corrupt, backup-tool-failed, scratch-unusable, scratch-server-failed. */
  restorePostgresBeside(input: AboutPlan): Promise<RestoredCopy>;
  /** Removes the restored copy. `plan` names what it was made for, and keeps its backup from being pruned until then. */
  removePostgresBeside(input: { target: string; plan?: string | undefined }): Promise<void>;
  /** How the copy differs from the database in use. Fails: database-refused. */
  comparePostgresBeside(input: { target: string; recovery: string }): Promise<Comparison>;
  /** Reads only. Fails: cut-over-refused. */
  planPostgresCutOver(input: {
    target: string;
    recovery: string;
    moment: string;
    comparison?: string | undefined;
  }): Promise<Plan>;
  /** Stops the nodes of the plan that can be stopped. Fails: plan-changed, fence-failed. */
  applyPostgresCutOver(input: AboutPlan): Promise<{ stopped: readonly string[]; beyondReach: readonly string[] }>;
  /** Starts those again that ran. Fails: fence-failed. */
  undoPostgresCutOver(input: AboutPlan): Promise<{ started: readonly string[] }>;
  /** Whether nobody can take writes any more. Reads only. */
  provePostgresStopped(input: { target: string; plan: string }): Promise<readonly Check[]>;
  /** Puts the database of the moment in the place of the old one and waits until it takes writes, on a timeline of its own. Fails: fence-failed, cut-over-failed, database-refused. */
  seatPostgres(input: AboutPlan): Promise<Seated>;
  /** The old database again, in its place and taking writes, where another one had begun to take it. Fails: cut-over-failed, database-refused. */
  unseatPostgres(input: AboutPlan): Promise<{ readonly back: boolean }>;
  /** Asks the check of the node that takes writes. Reads only. Fails: no-primary, check-unusable, database-refused. */
  askPostgresNow(input: { target: string; check: string }): Promise<{ readonly good: boolean }>;
  /** Which instants the search goes over: from `good` on, or the oldest that can be reached, to `bad`. Fails: goal-refused, outside-window, and as `findPostgresWindow`. */
  findPostgresStretch(input: { target: string; good?: string | undefined; bad: string }): Promise<Stretch>;
  /** Brings the copy to an instant and asks the check there; forwards where it can, or by a new restore. Fails: as `restorePostgresBeside`, check-unusable. */
  askPostgresThen(input: { target: string; recovery: string; at: string; check: string }): Promise<{ readonly good: boolean }>;
}
