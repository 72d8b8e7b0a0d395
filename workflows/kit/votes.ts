/** Judges one statement at a gate: the pure decision, and for `amend` whether the new input fits. */
import { z } from 'zod';
import { badInput } from '../../domain/gate-sentences.ts';
import { decideVote, type Hands, type Statement, type Verdict, type Voter } from '../../domain/gate.ts';
import type { GatePolicy } from '../../domain/gate-policy.ts';
import type { FieldError } from '../../domain/failures.ts';
import type { ChildQuestion, Envelope, GateOutcome } from '../../domain/messages.ts';
import type { Vote, Waiting } from '../../domain/recovery.ts';

/** What is asked: everything of the waiting entry that the votes and the clock do not fill in. */
export interface Question extends ChildQuestion {
  readonly policy: GatePolicy;
}

export type Judged = Verdict & { readonly errors?: readonly FieldError[] };

/** The entry of a gate that opens at `at` (epoch milliseconds), before its first group is asked. */
export const opened = ({ policy, despiteCancel: _despite, ...question }: Question, at: number): Waiting => ({
  ...question,
  votes: [],
  need: policy.need,
  from: [],
  deadline: null,
  otherwise: policy.otherwise,
  ...(policy.aloneAfterMs !== undefined && { aloneFrom: new Date(at + policy.aloneAfterMs).toISOString() }),
});

export function judge(gate: Waiting, statement: Statement, voter: Voter, hands: Hands): Judged {
  // Said in time to be meant so: an approval from before, judged late, is one of several.
  const said = Math.min(Date.parse(statement.at), Date.now());
  const alone = gate.aloneFrom !== undefined && Date.parse(gate.aloneFrom) <= said;
  const verdict = decideVote({ ...gate, alone }, statement, voter, hands);
  if (!verdict.counts || verdict.decided !== 'amend') return verdict;
  const schema = z.fromJSONSchema(gate.inputSchema as Parameters<typeof z.fromJSONSchema>[0]);
  const result = schema.safeParse(statement.input);
  if (result.success) return verdict;
  const errors = result.error.issues.map((issue) => ({ path: ['input', ...issue.path].join('.'), message: issue.message }));
  return { counts: false, code: 'invalid-input', sentence: badInput(statement, errors), errors };
}

/** Tells one statement from every other in a recovery. */
export const keyOf = ({ gate, by, at, decision }: Statement): string => `${gate} ${by} ${at} ${decision}`;

export const voteOf = ({ by, decision, at, reason }: Statement, voter: Voter): Vote => ({
  by,
  decision,
  at,
  reason,
  ...(!voter.signed && { unsigned: true }),
});

/** How a gate ends by the statement that decided it. */
export const outcomeOf = (
  { decided, alone, sentence }: { readonly decided: GateOutcome['decision'] } & Extract<Judged, { counts: true }>,
  { by, input }: Statement,
  statements: readonly Envelope[],
): GateOutcome => ({ decision: decided, by, why: sentence, input, ...(alone && { alone }), statements });
