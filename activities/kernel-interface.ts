/** The effects that the recovery kernel itself needs, whatever the kind of target. Every one may run twice. */
import type { GatePolicy } from '../domain/gate-policy.ts';
import type { Statement, Voter } from '../domain/gate.ts';
import type { Holder } from '../domain/lease.ts';
import type { RecoveryStart } from '../domain/messages.ts';
import type { Notification, Told } from '../domain/notification.ts';
import type { LedgerEntry, Mode, Plan, RecoveryState } from '../domain/recovery.ts';
import type { NewReview } from '../domain/review.ts';
import type { Locale } from '../domain/text.ts';

/** An undo as data, so that another recovery can run it when this one is gone. */
export interface UndoCall {
  readonly activity: string;
  readonly input: unknown;
}

/** What an undo may answer with, beside what it counted. */
export interface UndoReceipt {
  /** What it left as the change made it, because anything else would be worse. The change stays open until a recovery is verified. */
  readonly stays?: readonly string[];
}

/** What somebody was about to change on a target, and how to take it back; closed after verification. */
export interface OpenChange {
  readonly target: string;
  readonly recovery: string;
  readonly since: string;
  /** In the order they were begun; undone in reverse. */
  readonly undos: readonly ({ readonly step: string } & UndoCall)[];
  /** Left open before this one, by another recovery; it counts again when this one is undone. */
  readonly earlier?: OpenChange;
}

/** What the workflow is told about its target; a snapshot, safe for history. */
export interface RecoveryContext {
  readonly target: string;
  readonly kind: string;
  readonly site: string;
  readonly locale: Locale;
  readonly objectives: { readonly rtoMs: number; readonly rpoMs: number };
  /** Policies by gate name; `default` is there always. */
  readonly gates: Readonly<Record<string, GatePolicy>>;
  /** What the kind lets workflows know. */
  readonly facts: unknown;
  /** A change that an earlier recovery left open. */
  readonly openChange?: OpenChange;
  /** Who asked, as far as that is proven; `unknown` otherwise. */
  readonly requester?: string;
  readonly owner?: string;
  /** Every target it acts on, sorted: leases are taken in this order. */
  readonly holds?: readonly string[];
  /** The same scenario ran here a moment ago; `until` is ISO. */
  readonly coolDown?: { readonly recovery: string; readonly until: string };
}

export interface RecoveryRecord {
  readonly id: string;
  readonly workflowId: string;
  readonly scenario: string;
  readonly target: string;
  readonly mode: Mode;
  readonly startedAt: string;
}

export interface KernelActivities {
  /** Resolves the target, proves who asked, and records that the recovery began. Fails: unknown-target, unknown-scenario. */
  beginRecovery(input: RecoveryRecord & { readonly start?: RecoveryStart }): Promise<RecoveryContext>;
  /** Adds an undo to the target's open change, creating it. The same step twice replaces. */
  openChange(input: { target: string; recovery: string; step: string; undo: UndoCall; at: string }): Promise<void>;
  /**
   * Forgets the open change of this recovery (or of the earlier one that was settled). Twice is fine.
   * `verified`: the target is proven good, so that what was left open before is forgotten too.
   */
  closeChange(input: { target: string; recovery: string; verified: boolean }): Promise<void>;
  /** Who votes, by the inventory of this moment, and whether the statement's origin is proven. */
  identifyVoter(input: { statement: Statement; signature?: string | undefined }): Promise<Voter>;
  /** Keeps a plan that the kernel was given whole; answers its record. */
  keepPlan(input: { recovery: string; plan: Plan }): Promise<string>;
  /** Keeps the final state and the whole ledger in the record store; from here the target's cool-down counts. */
  recordEnd(input: { state: RecoveryState; ledger: readonly LedgerEntry[] }): Promise<void>;
  /** Opens a review of what people did outside the usual rules; it is seen with the target until somebody closes it. */
  openReview(input: NewReview): Promise<void>;
  /** Who holds the lease of a target now. */
  leaseHolder(input: { target: string }): Promise<Holder | undefined>;
  /** Tells people by mail and webhook. Twice is fine: each channel that took the event is not used again. Never fails because a channel does. */
  announce(input: Notification): Promise<Told>;
  /** Whether a run of this workflow id is open: of the chain that began with `firstRunId` where that is given, and of any otherwise. */
  hasOpenRun(input: { workflowId: string; firstRunId?: string }): Promise<boolean>;
}
