/** The words of one recovery as everybody sees it: status document, steps, plans, gates, times. */
import type { FieldError } from './failures.ts';
import type { Text } from './text.ts';

export type Mode = 'run' | 'dry-run';

/** What a recovery's status means to a reader. */
export const recoveryStatuses = {
  running: { en: 'running', ja: '実行中' },
  waiting: { en: 'waiting for people', ja: '人の判断待ち' },
  recovered: { en: 'recovered and verified', ja: '復旧・検証済み' },
  planned: { en: 'planned (dry run)', ja: '計画のみ(予行)' },
  stopped: { en: 'stopped, nothing was applied', ja: '停止(変更なし)' },
  'rolled-back': { en: 'rolled back, every change undone', ja: '巻き戻し済み' },
  failed: { en: 'failed, changes remain', ja: '失敗(変更が残る)' },
} as const satisfies Record<string, Text>;
export type RecoveryStatus = keyof typeof recoveryStatuses;

/** How a step stands. `undone` replaces `done` when a roll-back took the step's change back. */
export const stepOutcomes = {
  running: { en: 'running', ja: '実行中' },
  waiting: { en: 'waiting', ja: '待機' },
  planned: { en: 'planned', ja: '計画' },
  done: { en: 'done', ja: '完了' },
  'already-done': { en: 'already done', ja: '実施済み' },
  skipped: { en: 'skipped', ja: '省略' },
  failed: { en: 'failed', ja: '失敗' },
  undone: { en: 'undone', ja: '取消済み' },
} as const satisfies Record<string, Text>;
export type StepOutcome = keyof typeof stepOutcomes;

export interface Step {
  readonly name: string;
  /** Names the child recovery the step belongs to; empty for the root's own. */
  readonly path: string;
  readonly outcome: StepOutcome;
  readonly sentence: Text;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly attempts: number;
  /** Small facts: counts, digests, references. Never bulk. */
  readonly evidence?: Readonly<Record<string, unknown>>;
}

export interface PlannedChange {
  readonly action: 'add' | 'overwrite' | 'keep' | 'remove';
  readonly path: string;
  /** What is there now, in a few words or a digest. */
  readonly before?: string;
  readonly after?: string;
}

/** The head that plans of every kind share. The whole list lives in the record store at `ref`; this is safe for history. */
export interface Plan {
  readonly summary: Text;
  /** sha256 (hex) over the whole plan with what it saw; an approval binds to it. */
  readonly digest: string;
  /** Changes that alter something; `share` = part of the whole that they touch, 0..1. */
  readonly size: { readonly items: number; readonly bytes: number; readonly share: number };
  /** How many of each action the whole plan has. */
  readonly counts: Readonly<Record<PlannedChange['action'], number>>;
  /** The first changes, alterations before keeps; `truncated` says there are more at `ref`. */
  readonly changes: readonly PlannedChange[];
  readonly truncated: boolean;
  /** Record that holds the whole plan. */
  readonly ref: string;
  /** Why people must decide even though nothing is overwritten or removed. */
  readonly needsPeople?: Text;
}

export type GateKind = 'approval' | 'failed-step' | 'checklist';
export type Decision = 'approve' | 'reject' | 'retry' | 'amend' | 'skip' | 'roll-back' | 'tick' | 'fail';

export interface Vote {
  readonly by: string;
  readonly decision: Decision;
  readonly at: string;
  readonly reason?: string;
  /** Not signed by a trusted key: `by` is taken as stated. */
  readonly unsigned?: true;
}

/** What the recovery waits for; one entry for each gate that is open. */
export interface Waiting {
  readonly gate: string;
  readonly path: string;
  readonly kind: GateKind;
  readonly title: Text;
  readonly digest: string;
  readonly need: number;
  readonly votes: readonly Vote[];
  /** Groups that may decide now; empty means everyone with the role. */
  readonly from: readonly string[];
  readonly deadline: string | null;
  readonly otherwise: 'stop' | 'roll-back' | 'proceed';
  readonly choices: readonly Decision[];
  /** From then on (ISO) one operator may approve alone. */
  readonly aloneFrom?: string;
  /** A safety check refuses: `skip` overrides it and takes `need` approvers. */
  readonly breakGlass?: true;
  readonly plan?: Plan;
  readonly error?: { readonly code: string; readonly sentence: Text; readonly errors?: readonly FieldError[] };
  readonly input?: unknown;
  readonly inputSchema?: unknown;
}

/** Where the time went, in milliseconds; see domain/clock.ts. */
export interface Timing {
  readonly detectionMs: number;
  readonly decisionMs: number;
  readonly approvalMs: number;
  readonly machineMs: number;
  readonly totalMs: number;
}

export interface Objectives {
  readonly rtoMs: number;
  readonly rpoMs: number;
  readonly rpoAchieved?: number;
  readonly metRto: boolean | null;
  readonly metRpo: boolean | null;
}

/** The recovery as the kernel knows it: the status document without the API's links and languages. */
export interface RecoveryState {
  readonly id: string;
  readonly scenario: string;
  readonly target: string;
  readonly mode: Mode;
  readonly status: RecoveryStatus;
  readonly phase: string;
  readonly requestedBy: string;
  readonly reason: string;
  readonly incident?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly steps: readonly Step[];
  readonly waitingFor: readonly Waiting[];
  readonly timing: Timing;
  readonly objectives: Objectives;
  /** Number of the newest ledger entry. */
  readonly ledger: number;
}

/** A numbered line of the ledger. The whole story can be told again from these alone. */
export type LedgerEntry = { readonly number: number; readonly at: string } & LedgerChange;
export type LedgerChange =
  | { readonly event: 'step'; readonly step: Step }
  | {
      readonly event: 'gate';
      readonly gate: string;
      readonly path: string;
      readonly state: GateState;
      /** As it stood, votes included. */
      readonly waiting: Waiting;
      readonly sentence: Text;
    }
  | { readonly event: 'status'; readonly status: RecoveryStatus; readonly phase: string; readonly sentence?: Text }
  | { readonly event: 'end'; readonly status: RecoveryStatus };

export type GateState = 'open' | 'approved' | 'rejected' | 'decided';

/** Statuses after which nothing changes any more. */
export const endedStatuses: readonly RecoveryStatus[] = ['recovered', 'planned', 'stopped', 'rolled-back', 'failed'];
export const hasEnded = (status: RecoveryStatus): boolean => endedStatuses.includes(status);
