/** What the API needs of Temporal's schedules, in its own words. */
import type { Rhythm } from '../../contracts/schedules.ts';

/** A schedule as it is to be. */
export interface WantedSchedule {
  readonly id: string;
  readonly target: string;
  readonly site: string;
  readonly rhythm: Rhythm;
  readonly paused: boolean;
  readonly note: string;
  readonly workflowType: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** One line for the Temporal UI, on every run that it starts. */
  readonly summary: string;
  /** Digest of all that the inventory and an override say: kept beside it, so that a glance tells whether it is up to date. */
  readonly mark: string;
}

/** A schedule as Temporal has it. */
export interface KnownSchedule {
  readonly id: string;
  /** Undefined where it is not of our making. */
  readonly mark: string | undefined;
  readonly paused: boolean;
  /** What the last `put` wished of `paused`; people may have changed it since. */
  readonly wish: boolean | undefined;
  readonly note: string;
  /** ISO. */
  readonly next: readonly string[];
  /** Newest first; `at` ISO. */
  readonly last: readonly { readonly at: string; readonly workflowId: string }[];
  readonly missed: number;
}

/** Every call has a deadline below 2 s and fails with `temporal-away`, or `not-found` where the schedule is not there. */
export interface Schedules {
  /** Of ours, whatever Temporal says a moment later: complete up to about a second ago. */
  list(): Promise<readonly string[]>;
  describe(id: string): Promise<KnownSchedule | undefined>;
  /** Makes it, or makes it so; twice is fine. `keepsPause` leaves one that is there as paused or not as people last made it. */
  put(wanted: WantedSchedule, options: { readonly keepsPause: boolean }): Promise<void>;
  pause(id: string, note: string): Promise<void>;
  unpause(id: string, note: string): Promise<void>;
  /** Fires it now, beside its rhythm. */
  trigger(id: string): Promise<void>;
  /** Twice is fine. */
  remove(id: string): Promise<void>;
}
