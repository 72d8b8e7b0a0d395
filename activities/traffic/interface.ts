/** The effects on proxies and weighted names, as workflows call them. Every one may run twice. */
import type { Answer } from '../../domain/checklist/words.ts';
import type { Diagnosis } from '../../domain/diagnosis.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { Figures, Sample } from '../../domain/traffic/judge-watch.ts';
import type { Point } from '../../domain/traffic/shift-plan.ts';
import type { Check } from '../../domain/verification.ts';

export interface TrafficActivities {
  /** Looks at every proxy and probes every side. Reads only. */
  diagnoseTraffic(input: { target: string }): Promise<Diagnosis>;
  /** All items of the checklist. Reads only. */
  checkTraffic(input: { target: string }): Promise<readonly Answer[]>;
}

export interface ShiftWish {
  readonly side: string;
  readonly share: number;
  readonly steps?: readonly number[] | undefined;
}

export interface PlannedShift {
  readonly plan: Plan;
  /** Percent, one after the other; the last is the share that was asked for. */
  readonly steps: readonly number[];
  /** The others are drained in the end. */
  readonly drains: boolean;
  /** The split of before, as people read it. */
  readonly before: string;
  /** A CDN stands before the sides, and one of them has everything in the end: then it is purged. */
  readonly hasCdn?: boolean;
}

/** How a watch ended: `over` is the reason why the side may not keep what it was given. */
export interface Watched {
  readonly over?: Text;
  /** What each side did since the watch began; empty where nobody counts. */
  readonly figures: Readonly<Record<string, Figures>>;
}

export interface SetTraffic {
  /** Servers that were set; none where all was so already. */
  readonly changed: number;
  /** Proxies whose state could not be saved, with the reason. */
  readonly unsaved: readonly string[];
}

export interface Reverted {
  /** False where the split of before would serve nobody: then nothing was changed. */
  readonly isBack: boolean;
  /** Requests to the side that gained that failed since the sample; left out where nobody counts. */
  readonly lost?: number;
  /** So long, in milliseconds, somebody may keep an answer that leads to that side. */
  readonly keptMs?: number;
}

export interface Drained {
  /** Sessions that are still under way on the sides that were left; none is cut. */
  readonly sessions: number;
  readonly ms: number;
  readonly unsaved: readonly string[];
  /** Of names: so long, in milliseconds, somebody may keep an answer that leads to the side that was left. */
  readonly keptMs?: number;
  /** So much of that is waited for. */
  readonly waitMs?: number;
}

interface Planned {
  readonly target: string;
  /** Record of the whole plan. */
  readonly plan: string;
}

export interface TrafficShiftActivities {
  /** Every proxy answers, may be set, and has the servers. Answers with the split. Reads only. Fails: proxy-refused, invalid-input. */
  assessTraffic(input: { target: string } & ShiftWish): Promise<{ readonly split: string }>;
  /** Whether every server of the side is up at every proxy, and its probe is answered. Reads only. */
  proveTrafficSide(input: { target: string; side: string }): Promise<readonly Check[]>;
  /** Reads only; keeps the whole plan in the record store. Fails: proxy-refused, side-not-able, invalid-input. */
  planTrafficShift(input: { target: string; recovery: string } & ShiftWish): Promise<PlannedShift>;
  /** What every proxy has counted up to now; a watch is held against it. Reads only. Fails: proxy-refused. */
  sampleTraffic(input: { target: string }): Promise<Sample>;
  /** Sets every proxy to that point of the plan and saves its state. Fails: plan-changed, proxy-refused, side-not-able. */
  setTraffic(input: Planned & { to: Point }): Promise<SetTraffic>;
  /** Watches until `since` lies the dwell time back, or something is over a threshold. Reads only. Fails: plan-changed, proxy-refused. */
  watchTraffic(input: Planned & { to: Point; since: Sample }): Promise<Watched>;
  /** The split of before again, at once, wherever it would serve somebody. Fails: proxy-refused. */
  revertTraffic(input: Planned & { since: Sample }): Promise<Reverted>;
  /** Drains the sides that were left, and waits for their sessions as long as the inventory says. Fails: plan-changed, proxy-refused, side-not-able. */
  drainTraffic(input: Planned): Promise<Drained>;
  /**
   * Exactly the weights and states of before; what somebody else has set since is left. A CDN before the sides is purged after it,
   * unless the change was begun without a `recovery` to tell it. Fails: proxy-refused, cdn-silent, cdn-refused.
   */
  undoTrafficShift(
    input: Planned & { recovery?: string },
  ): Promise<{ readonly restored: readonly string[]; readonly left?: readonly string[] }>;
  /** Whether every proxy has what was planned, and keeps it; `throughCdn`: and users get that side through the CDN. Reads only. */
  verifyTrafficShift(input: Planned & { throughCdn?: boolean }): Promise<readonly Check[]>;
}
