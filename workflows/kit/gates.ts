/** Gates: waits for people. The root recovery owns every gate, also those of its children, and counts the votes. */
import { CancellationScope } from '@temporalio/workflow';
import type { KernelActivities } from '../../activities/kernel-interface.ts';
import { fail } from '../../domain/fail.ts';
import type { FieldError } from '../../domain/failures.ts';
import type { Statement } from '../../domain/gate.ts';
import { closesAt } from '../../domain/gate-moments.ts';
import {
  alreadyDecided,
  asked,
  cancelledBy,
  childGone,
  nobodyDecided,
  otherRecovery,
  tooLate,
} from '../../domain/gate-sentences.ts';
import type { CancelRequest, DecisionAnswer, Envelope, GateOutcome } from '../../domain/messages.ts';
import type { Decision, GateState, Waiting } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { Announcer } from './announcer.ts';
import { passStage } from './gate-clock.ts';
import { safeDefault, type GateKeeper } from './gate-keeper.ts';
import type { Ledger } from './ledger.ts';
import { judge, keyOf, opened, outcomeOf, voteOf, type Question } from './votes.ts';

interface OpenGate {
  waiting: Waiting;
  /** When the time of its last group is over; null where it waits without end. */
  readonly closesAt: number | null;
  /** The statements that counted so far. */
  readonly statements: Envelope[];
  /** Statements that are being judged right now. */
  judging: number;
  outcome?: GateOutcome;
}

interface Desk {
  readonly id: string;
  readonly requestedBy: () => string;
  readonly ledger: Ledger;
  readonly kernel: Pick<KernelActivities, 'identifyVoter'>;
  /** What ends the wait of whoever asks at this path. */
  readonly cancelled: (path: string) => CancelRequest | undefined;
  /** Absent in a recovery that the first kernel began: nobody is told or reminded there, and one person may be two. */
  readonly announcer?: Announcer | undefined;
  /** Length of the first wait before a reminder, where there is no deadline. */
  readonly remindMs: () => number;
}

const states: Partial<Record<Decision, GateState>> = { approve: 'approved', reject: 'rejected' };

export class RootGates implements GateKeeper {
  readonly #open = new Map<string, OpenGate>();
  readonly #closed = new Map<string, { waiting: Waiting; state: GateState }>();
  readonly #counted = new Set<string>();
  readonly #verifiers = new Set<string>();
  readonly #approvers = new Set<string>();
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  knows(gate: string): boolean {
    return this.#open.has(gate) || this.#closed.has(gate);
  }

  async ask(question: Question): Promise<GateOutcome> {
    const { policy, gate: name, path, despiteCancel } = question;
    const { announcer, ledger, remindMs } = this.#desk;
    const now = Date.now();
    const gate: OpenGate = { waiting: opened(question, now), closesAt: closesAt(policy, now), statements: [], judging: 0 };
    this.#open.set(name, gate);
    announcer?.opens(name);
    const cancelled = (): CancelRequest | undefined => (despiteCancel ? undefined : this.#desk.cancelled(path));
    const settled = (): boolean => gate.outcome !== undefined || cancelled() !== undefined;
    const aloneAt = policy.aloneAfterMs === undefined ? undefined : now + policy.aloneAfterMs;
    for (const [n, { from, withinMs }] of policy.stages.entries()) {
      const since = Date.now();
      const deadline = withinMs === null ? null : new Date(since + withinMs).toISOString();
      this.#turn(gate, { ...gate.waiting, from, deadline }, asked(from));
      announcer?.asks(gate.waiting, n === 0 ? 'opened' : 'next-group');
      await passStage(
        { name, settled, judged: () => gate.judging === 0 },
        { since, withinMs, remindMs: remindMs(), aloneAt },
        announcer && ((what) => announcer.asks(gate.waiting, what)),
      );
      if (settled()) break;
    }
    const outcome = gate.outcome ?? byItself(gate.waiting, cancelled());
    const state = states[outcome.decision as Decision] ?? 'decided';
    this.#open.delete(name);
    this.#closed.set(name, { waiting: gate.waiting, state });
    ledger.gate(gate.waiting, state, outcome.why);
    announcer?.decided(gate.waiting, outcome);
    return outcome;
  }

  /** Decides one vote. What does not count is in the ledger, with the reason, before it is thrown. */
  async decide(envelope: Envelope): Promise<DecisionAnswer> {
    const underVote = this.#open.get(envelope.statement.gate);
    if (underVote) underVote.judging += 1;
    try {
      return await this.#judge(envelope);
    } finally {
      if (underVote) underVote.judging -= 1;
    }
  }

  async #judge(envelope: Envelope): Promise<DecisionAnswer> {
    const { statement, signature } = envelope;
    // A handler runs in the workflow's own scope: people decide also after that was cancelled.
    const voter = await CancellationScope.nonCancellable(() => this.#desk.kernel.identifyVoter({ statement, signature }));
    const gate = this.#open.get(statement.gate);
    const repeated = this.#answerTo(statement);
    if (repeated !== undefined) return repeated;
    // A gate of this name may have been open before: a statement counts once in the whole recovery.
    if (gate === undefined || gate.outcome !== undefined || this.#counted.has(keyOf(statement))) {
      throw this.#refuse('already-decided', alreadyDecided(statement));
    }
    if (statement.recovery !== this.#desk.id) throw this.#refuse('invalid-input', otherRecovery(statement));
    if (this.#desk.announcer && gate.closesAt !== null && Date.parse(statement.at) > gate.closesAt) {
      throw this.#refuse('already-decided', tooLate(statement));
    }
    const hands = { requestedBy: this.#desk.requestedBy(), verifiers: [...this.#verifiers], approvers: [...this.#approvers] };
    const verdict = judge(gate.waiting, statement, voter, hands);
    if (!verdict.counts) throw this.#refuse(verdict.code, verdict.sentence, verdict.errors);
    this.#counted.add(keyOf(statement));
    gate.statements.push(envelope);
    if (this.#desk.announcer && statement.decision === 'tick') this.#verifiers.add(statement.by);
    if (this.#desk.announcer && statement.decision === 'approve') this.#approvers.add(statement.by);
    const waiting = { ...gate.waiting, votes: [...gate.waiting.votes, voteOf(statement, voter)] };
    const { decided } = verdict;
    if (decided === undefined) this.#turn(gate, waiting, verdict.sentence);
    else {
      gate.waiting = waiting;
      gate.outcome = outcomeOf({ ...verdict, decided }, statement, gate.statements);
    }
    return answer(gate.waiting, decided === undefined ? 'open' : (states[decided] ?? 'decided'));
  }

  /** The same statement again, as when it was sent both as update and as signal: answered, not counted. */
  #answerTo({ gate, by, at, decision }: Statement): DecisionAnswer | undefined {
    const open = this.#open.get(gate)?.waiting;
    const { waiting, state } = open ? { waiting: open, state: 'open' as const } : (this.#closed.get(gate) ?? {});
    const same = waiting?.votes.some((vote) => vote.by === by && vote.at === at && vote.decision === decision);
    return waiting && state && same ? answer(waiting, state) : undefined;
  }

  withdraw(path: string): Promise<void> {
    for (const gate of this.#open.values()) {
      const { path: asker } = gate.waiting;
      if (asker === path || asker.startsWith(`${path}/`)) gate.outcome ??= { decision: 'cancel', by: '', why: childGone(path) };
    }
    return Promise.resolve();
  }

  #turn(gate: OpenGate, waiting: Waiting, sentence: Text): void {
    gate.waiting = waiting;
    this.#desk.ledger.gate(waiting, 'open', sentence);
  }

  #refuse(code: Parameters<typeof fail>[0], sentence: Text, errors?: readonly FieldError[]): Error {
    this.#desk.ledger.note(sentence);
    return fail(code, sentence, errors && { errors });
  }
}

/** Cancelled, or nobody decided in time: the safe default. */
function byItself(waiting: Waiting, cancelled: CancelRequest | undefined): GateOutcome {
  if (cancelled !== undefined) return { decision: 'cancel', by: cancelled.by, why: cancelledBy(cancelled) };
  return { decision: safeDefault(waiting), by: '', why: nobodyDecided(waiting.gate, waiting.otherwise) };
}

const answer = ({ gate, votes, need, deadline }: Waiting, state: GateState): DecisionAnswer => ({
  gate,
  state,
  votes,
  need,
  deadline,
});
