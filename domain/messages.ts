/** What may be said to a running workflow: updates, signals and queries, by name and shape. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { GatePolicy } from './gate-policy.ts';
import type { Statement } from './gate.ts';
import type { Holder } from './lease.ts';
import type { Text } from './text.ts';
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
  /** The scenario ran on this target a moment ago, and is wanted again all the same. */
  readonly acknowledgeCoolDown?: boolean;
  /** Proves who asked; without it the requester is unknown, and every change needs a gate. */
  readonly proof?: StartProof;
  /** Set when another recovery runs this one. */
  readonly parent?: ChildOrigin;
}

/** A trusted key signed the start (domain/start-statement.ts) at this instant (ISO). */
export interface StartProof {
  readonly at: string;
  readonly signature: string;
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
  /** The recoveries around it, outermost first, with the target that each works on itself. */
  readonly ancestors?: readonly { readonly id: string; readonly target: string }[];
  /** There was no way back any more when it began. */
  readonly noReturn?: Text;
  /** Gates that an approval further out stands for, where the target has no policy of its own. */
  readonly covered?: Covered;
  /** Whose workers carry it out, in place of the target's own site: that may be the one that is lost. */
  readonly site?: string;
}

export interface Covered {
  readonly gates: readonly string[];
  readonly approval: Approval;
}

/** What people approved, with the statements that counted; it is worth what those prove. */
export interface Approval {
  readonly gate: string;
  readonly digest: string;
  readonly statements: readonly Envelope[];
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

/** What a child tells its root: a step of its own, a gate to open, a child of its own that ended or has to stop, or that it passed its point of no return. */
export type ChildReport =
  | { readonly tells: 'step'; readonly step: Step }
  | { readonly tells: 'gate'; readonly childWorkflowId: string; readonly question: ChildQuestion; readonly policy: GatePolicy }
  | { readonly tells: 'gone'; readonly path: string }
  | { readonly tells: 'stopped'; readonly path: string; readonly request: CancelRequest }
  | { readonly tells: 'no-return'; readonly why: Text };
/** A gate as its child asks it; votes and deadline are the root's. */
export type ChildQuestion = Omit<Waiting, 'votes' | 'need' | 'from' | 'deadline' | 'otherwise' | 'aloneFrom'> & {
  /** Asked on the way back or after the end: a cancellation of the whole is no answer to it. */
  readonly despiteCancel?: true;
};
/** One or several, in the order in which they happened. */
export const childReportSignal = defineSignal<ChildReport[]>('childReport');
/** How a gate ended; `cancel` when the recovery was cancelled meanwhile, `by` is empty when nobody decided in time. */
export interface GateOutcome {
  readonly decision: Decision | 'cancel';
  readonly by: string;
  readonly why: Text;
  readonly input?: unknown;
  /** One operator decided where the policy wanted more or others. */
  readonly alone?: true;
  /** The statements that counted, so that whoever is told can judge them again. */
  readonly statements?: readonly Envelope[];
}
/** The root's answer to a gate of a child. */
export const gateOutcomeSignal = defineSignal<[{ readonly gate: string } & GateOutcome]>('gateOutcome');
/** To the parent: users can be led to what the child at this path brought back; it goes on, and is not through. */
export const childServesSignal = defineSignal<[string]>('childServes');
/** To the parent: the story of the child at this path is through, and it waits for the last word. */
export const childFinishedSignal = defineSignal<[string]>('childFinished');
/** The last word to a child: keep its changes, or take them back. */
export const settleSignal = defineSignal<['keep' | 'undo']>('settle');
export const cancelChildSignal = defineSignal<[CancelRequest]>('cancelChild');

/** Somebody wants the target: the lease answers with its holder and passes the wish on where the holder should yield. */
export const wantLeaseSignal = defineSignal<[Holder]>('wantLease');
/** The lease's answer to the one who wants it. */
export const leaseHeldSignal = defineSignal<[{ readonly target: string; readonly holder: Holder }]>('leaseHeld');
/** The lease's last word to those who asked: it is about to end. */
export const leaseFreeSignal = defineSignal<[{ readonly target: string }]>('leaseFree');
/** To a holder: end at your next safe point. */
export const pleaseYieldSignal = defineSignal<[Holder]>('pleaseYield');
export const releaseSignal = defineSignal('release');
export const holderQuery = defineQuery<Holder>('holder');
