/** Gates: waits for people. The root recovery owns every gate, also those of its children, and counts the votes. */
import { CancellationScope, condition } from '@temporalio/workflow';
import { z } from 'zod';
import type { KernelActivities } from '../../activities/kernel-interface.ts';
import { fail } from '../../domain/fail.ts';
import type { FieldError } from '../../domain/failures.ts';
import { decideVote, type GatePolicy, type Statement } from '../../domain/gate.ts';
import {
  cancelledBy,
  asked,
  alreadyDecided,
  otherRecovery,
  badInput,
  childGone,
  nobodyDecided,
} from '../../domain/gate-sentences.ts';
import type { CancelRequest, ChildQuestion, DecisionAnswer, Envelope } from '../../domain/messages.ts';
import type { Decision, GateState, Vote, Waiting } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import { Ending } from './ending.ts';
import type { Ledger } from './ledger.ts';

/** What is asked: everything of the waiting entry that the votes and the clock do not fill in. */
export interface Question extends ChildQuestion {
  readonly policy: GatePolicy;
}

/** How it ended; `cancel` when the recovery was cancelled meanwhile, `by` is empty when nobody decided in time. */
export interface GateOutcome {
  readonly decision: Decision | 'cancel';
  readonly by: string;
  readonly why: Text;
  readonly input?: unknown;
}

export interface GateKeeper {
  /** Opens the gate and waits for its outcome. */
  ask(question: Question): Promise<GateOutcome>;
  /** Gates of a child that is gone can no longer be answered: they close. */
  withdraw(path: string): Promise<void>;
}

/** Asks and ends the story when the recovery was cancelled at the gate. */
export async function askPeople(gates: GateKeeper, question: Question): Promise<GateOutcome & { decision: Decision }> {
  const outcome = await gates.ask(question);
  if (outcome.decision === 'cancel') throw new Ending(outcome.why);
  return outcome as GateOutcome & { decision: Decision };
}

interface OpenGate {
  waiting: Waiting;
  outcome?: GateOutcome;
}

interface Desk {
  readonly id: string;
  readonly requestedBy: string;
  readonly ledger: Ledger;
  readonly kernel: Pick<KernelActivities, 'identifyVoter'>;
  readonly cancelled: () => CancelRequest | undefined;
}

const states: Partial<Record<Decision, GateState>> = { approve: 'approved', reject: 'rejected' };

export class RootGates implements GateKeeper {
  readonly #open = new Map<string, OpenGate>();
  readonly #closed = new Map<string, { waiting: Waiting; state: GateState }>();
  readonly #counted = new Set<string>();
  readonly #desk: Desk;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  knows(gate: string): boolean {
    return this.#open.has(gate) || this.#closed.has(gate);
  }

  async ask({ policy, despiteCancel, ...question }: Question): Promise<GateOutcome> {
    const gate: OpenGate = {
      waiting: { ...question, votes: [], need: policy.need, from: [], deadline: null, otherwise: policy.otherwise },
    };
    this.#open.set(question.gate, gate);
    const cancelled = (): CancelRequest | undefined => (despiteCancel ? undefined : this.#desk.cancelled());
    for (const stage of policy.stages) {
      const deadline = stage.withinMs === null ? null : new Date(Date.now() + stage.withinMs).toISOString();
      this.#turn(gate, { ...gate.waiting, from: stage.from, deadline }, asked(stage.from));
      const settled = (): boolean => gate.outcome !== undefined || cancelled() !== undefined;
      if (stage.withinMs === null) await condition(settled);
      else await condition(settled, stage.withinMs, { summary: `deadline of gate ${question.gate}` });
      if (settled()) break;
    }
    const outcome = gate.outcome ?? this.#byItself(gate, cancelled());
    const state = states[outcome.decision as Decision] ?? 'decided';
    this.#open.delete(question.gate);
    this.#closed.set(question.gate, { waiting: gate.waiting, state });
    this.#desk.ledger.gate(gate.waiting, state, outcome.why);
    return outcome;
  }

  /** Decides one vote. What does not count is in the ledger, with the reason, before it is thrown. */
  async decide({ statement, signature }: Envelope): Promise<DecisionAnswer> {
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
    const verdict = decideVote(gate.waiting, statement, voter, this.#desk.requestedBy);
    if (!verdict.counts) throw this.#refuse(verdict.code, verdict.sentence);
    if (verdict.decided === 'amend') this.#checkInput(gate.waiting, statement);
    this.#counted.add(keyOf(statement));
    const vote: Vote = {
      by: statement.by,
      decision: statement.decision,
      at: statement.at,
      ...(!voter.signed && { unsigned: true }),
    };
    const waiting = { ...gate.waiting, votes: [...gate.waiting.votes, vote] };
    if (verdict.decided === undefined) this.#turn(gate, waiting, verdict.sentence);
    else {
      gate.waiting = waiting;
      gate.outcome = { decision: verdict.decided, by: statement.by, why: verdict.sentence, input: statement.input };
    }
    return answer(gate.waiting, verdict.decided === undefined ? 'open' : (states[verdict.decided] ?? 'decided'));
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

  #checkInput(waiting: Waiting, statement: Statement): void {
    const schema = z.fromJSONSchema(waiting.inputSchema as Parameters<typeof z.fromJSONSchema>[0]);
    const result = schema.safeParse(statement.input);
    if (result.success) return;
    const errors = result.error.issues.map((issue) => ({ path: ['input', ...issue.path].join('.'), message: issue.message }));
    throw this.#refuse('invalid-input', badInput(statement, errors), errors);
  }

  /** Cancelled, or nobody decided in time: the safe default. */
  #byItself(gate: OpenGate, cancelled: CancelRequest | undefined): GateOutcome {
    if (cancelled !== undefined) return { decision: 'cancel', by: cancelled.by, why: cancelledBy(cancelled) };
    const { otherwise, choices, gate: name } = gate.waiting;
    const proceed: Decision = choices.includes('approve') ? 'approve' : choices.includes('tick') ? 'tick' : 'retry';
    const stop = (['reject', 'fail', 'roll-back'] as const).find((choice) => choices.includes(choice)) ?? proceed;
    return { decision: otherwise === 'proceed' ? proceed : stop, by: '', why: nobodyDecided(name, otherwise) };
  }
}

const answer = ({ gate, votes, need, deadline }: Waiting, state: GateState): DecisionAnswer => ({
  gate,
  state,
  votes,
  need,
  deadline,
});

const keyOf = ({ gate, by, at, decision }: Statement): string => `${gate} ${by} ${at} ${decision}`;
