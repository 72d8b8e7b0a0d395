/** One run of a recovery: everything its words share. Each word lives in a file of its own and takes this. */
import type { KernelActivities, RecoveryContext } from '../../activities/kernel-interface.ts';
import { splitTime, type Stretch } from '../../domain/clock.ts';
import type { CancelRequest, RecoveryStart } from '../../domain/messages.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { Announcer } from './announcer.ts';
import type { GateKeeper } from './gate-keeper.ts';
import type { HeldLease } from './lease.ts';
import type { Ledger } from './ledger.ts';
import type { Upwards } from './upwards.ts';

/** How to take one step back: an activity of the target, or the settling of a child recovery. */
export interface Undone {
  readonly sentence: Text;
  /** False where something had to be left as the change made it: that is not over. */
  readonly isClean: boolean;
}

export interface Undo {
  /** Tells two plans of one step apart. */
  readonly key: string;
  /** Ledger name of the step that is undone. */
  readonly step: string;
  readonly run: () => Promise<Undone>;
}

export interface Run {
  readonly id: string;
  readonly start: RecoveryStart;
  readonly startedAt: number;
  /** Begun by the second kernel: people are told and reminded, leases of others are looked at, a root's answer is proven. */
  readonly isKernel2: boolean;
  /** As far as it is proven; set with the context. */
  requestedBy: string;
  readonly ledger: Ledger;
  readonly gates: GateKeeper;
  readonly kernel: KernelActivities;
  /** The way to the root, in a child. */
  readonly upwards?: Upwards | undefined;
  /** Only in a root: it owns the gates, so it tells people. */
  readonly announcer?: Announcer | undefined;
  /** Set by the first activity; no word runs before. */
  context: RecoveryContext;
  readonly undos: Undo[];
  readonly leases: HeldLease[];
  /** Children whose story runs now and who must hear of a cancellation. */
  readonly children: Set<(cancel: CancelRequest) => Promise<void>>;
  /** Paths of children that users can be led to by now, through or not. */
  readonly serving: Set<string>;
  /** Paths of children whose story is through. */
  readonly finishedPaths: Set<string>;
  /** The last words to children, said when we end well. */
  readonly settle: (() => Promise<void>)[];
  readonly waits: { readonly approvals: Stretch[]; readonly decisions: Stretch[] };
  cancelled?: CancelRequest;
  /** Inner recoveries, by path, that end because one beside them did. */
  readonly stopped: Map<string, CancelRequest>;
  /** Paths of inner recoveries that failed: something of theirs is left on their targets. */
  readonly leftInside: Set<string>;
  /** Of inner recoveries that may lose data, in milliseconds; undefined where that is unknown. */
  readonly losses: (number | undefined)[];
  /** The story is over, its changes are taken back or recorded: a cancellation has nothing to add. */
  storyOver: boolean;
  /** The reason why there is no way back, once there is none. */
  noReturn?: Text;
  /** People corrected the input of a step: it is no longer what a recovery around this one had it do. */
  isAmended?: true;
  /** The target has an open change of ours. */
  opened: boolean;
  /** The earlier recovery whose change had to stay, and is open still. */
  leftOpen?: string;
  /** Something on the target was changed. */
  applied: boolean;
  verifiedAt?: number;
  /** Users are served again, though it is not verified yet: the clock stopped then. */
  servedAt?: number;
  endedAt?: number;
  rpoMs?: number;
}

/** Whoever started a recovery past the API, which would have signed for them. */
export const unknownRequester = 'unknown';

export const isDryRun = (run: Run): boolean => run.start.mode === 'dry-run';

/** A recovery around this one works on the same target: what is open there is its affair. */
export function isInsideOfItsOwnTarget({ start: { target, parent } }: Run): boolean {
  return parent?.ancestors ? parent.ancestors.some((one) => one.target === target) : parent?.leases.includes(target) === true;
}

/** The state as everybody sees it; pure reading, also called from queries. */
export function renderState(run: Run): RecoveryState {
  const { start, ledger } = run;
  const status = ledger.status;
  const ended = run.endedAt !== undefined;
  const timing = splitTime({
    ...(start.brokenSince !== undefined && { brokenSince: Date.parse(start.brokenSince) }),
    ...(start.detectedAt !== undefined && { detectedAt: Date.parse(start.detectedAt) }),
    startedAt: run.startedAt,
    until: run.servedAt ?? run.verifiedAt ?? run.endedAt ?? Date.now(),
    approvals: run.waits.approvals,
    decisions: run.waits.decisions,
  });
  const { rtoMs, rpoMs } = run.context.objectives;
  const recovered = status === 'recovered';
  const rpoAchieved = lossOf(run);
  return {
    id: run.id,
    scenario: start.scenario,
    target: start.target,
    mode: start.mode,
    status,
    phase: ledger.phase,
    requestedBy: run.requestedBy,
    reason: start.reason,
    ...(start.incident !== undefined && { incident: start.incident }),
    startedAt: new Date(run.startedAt).toISOString(),
    ...(ended && { endedAt: new Date(run.endedAt!).toISOString() }),
    steps: ledger.steps,
    waitingFor: ledger.waiting,
    timing,
    objectives: {
      rtoMs,
      rpoMs,
      ...(rpoAchieved !== undefined && { rpoAchieved }),
      metRto: ended ? recovered && timing.totalMs - timing.detectionMs <= rtoMs : null,
      metRpo: ended ? recovered && rpoAchieved !== undefined && rpoAchieved <= rpoMs : null,
    },
    ledger: ledger.entries.length,
  };
}

/** The worst of all; unknown as soon as one is. */
function lossOf({ rpoMs, losses }: Run): number | undefined {
  if (losses.includes(undefined)) return undefined;
  const known = [...(rpoMs === undefined ? [] : [rpoMs]), ...(losses as number[])];
  return known.length === 0 ? undefined : Math.max(...known);
}
