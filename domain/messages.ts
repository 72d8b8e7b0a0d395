/** What may be said to a running workflow: updates, signals and queries, by name and shape. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { GatePolicy, Statement } from './gate.ts';
import type { Holder } from './lease.ts';
import type { Decision, GateState, LedgerEntry, Mode, RecoveryState, Step, Vote, Waiting } from './recovery.ts';

/** What starts a recovery workflow. Untrusted: it is parsed again inside. Times are ISO. */
export interface RecoveryStart {
  readonly scenario: string;
  readonly target: string;
  readonly input?: unknown;
  readonly mode: Mode;
  readonly reason: string;
  readonly requestedBy: string;
  readonly detectedAt?: string;
  readonly brokenSince?: string;
  readonly incident?: string;
  /** Set when another recovery runs this one. */
  readonly parent?: ChildOrigin;
}

/** Where a child recovery belongs: it reports to its root, which owns every gate. */
export interface ChildOrigin {
  /** Public id of the root, as decisions name it. */
  readonly root: string;
  readonly rootWorkflowId: string;
  readonly rootRunId: string;
  readonly path: string;
  /** Targets whose lease an ancestor holds already. */
  readonly leases: readonly string[];
}

/** A statement with the signature of a trusted key (base64 Ed25519 over its canonical JSON). */
export interface Envelope {
  readonly statement: Statement;
  readonly signature?: string;
}

/** How the gate stands after a decision. */
export interface DecisionAnswer {
  readonly gate: string;
  readonly state: GateState;
  readonly votes: readonly Vote[];
  readonly need: number;
  readonly deadline: string | null;
}

export interface CancelRequest {
  readonly by: string;
  readonly reason: string;
}

export const decideUpdate = defineUpdate<DecisionAnswer, [Envelope]>('decide');
export const decideSignal = defineSignal<[Envelope]>('decide');
export const cancelUpdate = defineUpdate<{ readonly accepted: true }, [CancelRequest]>('cancel');
export const statusQuery = defineQuery<RecoveryState>('status');
/** Ledger entries numbered above the argument. */
export const ledgerQuery = defineQuery<readonly LedgerEntry[], [number]>('ledger');

/** What a child tells its root: a step of its own, a gate to open or withdraw, or that it passed its point of no return. */
export type ChildReport =
  | { readonly tells: 'step'; readonly step: Step }
  | { readonly tells: 'gate'; readonly childWorkflowId: string; readonly waiting: Waiting; readonly policy: GatePolicy }
  | { readonly tells: 'no-return'; readonly path: string };
export const childReportSignal = defineSignal<[ChildReport]>('childReport');
/** The root's answer to a gate of a child. */
export const gateOutcomeSignal =
  defineSignal<[{ readonly gate: string; readonly decision: Decision; readonly by: string; readonly input?: unknown }]>(
    'gateOutcome',
  );
/** The last word to a child that finished its story: keep its changes, or take them back. */
export const settleSignal = defineSignal<['keep' | 'undo']>('settle');
export const cancelChildSignal = defineSignal<[CancelRequest]>('cancelChild');

export const pleaseYieldSignal = defineSignal<[{ readonly to: string }]>('pleaseYield');
export const releaseSignal = defineSignal('release');
export const holderQuery = defineQuery<Holder>('holder');
