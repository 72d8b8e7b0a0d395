/** Whether the answer to a child's gate is what people said: anyone who reaches Temporal could send the signal that brings it. */
import { patched } from '@temporalio/workflow';
import type { KernelActivities } from '../../activities/kernel-interface.ts';
import { closesAt } from '../../domain/gate-moments.ts';
import type { GateOutcome } from '../../domain/messages.ts';
import type { Text } from '../../domain/text.ts';
import { safeDefault } from './gate-keeper.ts';
import { judge, keyOf, opened, outcomeOf, voteOf, type Question } from './votes.ts';

export interface Prover {
  /** Public id of the root, as statements name it. */
  readonly root: string;
  readonly requestedBy: () => string;
  readonly kernel: Pick<KernelActivities, 'identifyVoter'>;
  readonly note: (sentence: Text) => void;
  /** Statements that decided before: a gate that opens again is not answered by them. */
  readonly used: Set<string>;
}

/**
 * The outcome as the statements behind it prove it, judged by the child's own policy; undefined when they do not.
 * A cancellation needs no proof, as Temporal's own would do the same; the safe default only that its time is over.
 */
export async function proven(
  outcome: GateOutcome,
  question: Question,
  since: number,
  prover: Prover,
): Promise<GateOutcome | undefined> {
  if (outcome.decision === 'cancel') return outcome;
  const { stages } = question.policy;
  const waiting = { ...opened(question, since), from: groupsOfAll(stages.map(({ from }) => from)) };
  if (!outcome.statements?.length) {
    const end = closesAt(question.policy, since);
    return end !== null && end <= Date.now() && outcome.decision === safeDefault(waiting) ? outcome : undefined;
  }
  let gate = waiting;
  for (const [n, envelope] of outcome.statements.entries()) {
    const { statement } = envelope;
    const voter = await prover.kernel.identifyVoter({ statement, signature: envelope.signature });
    if (statement.gate !== question.gate || statement.recovery !== prover.root) return undefined;
    if (prover.used.has(keyOf(statement))) return undefined;
    const verdict = judge(gate, statement, voter, { requestedBy: prover.requestedBy(), verifiers: [], approvers: [] });
    if (!verdict.counts) return undefined;
    const { decided } = verdict;
    if (decided !== undefined) {
      const statements = outcome.statements.slice(0, n + 1);
      for (const one of statements) prover.used.add(keyOf(one.statement));
      const told = outcomeOf({ ...verdict, decided }, statement, statements);
      // Who has verified may still go on alone, but is not one of several; who has is the root's to know.
      return outcome.alone && !told.alone && patched('kernel-4') ? { ...told, alone: true } : told;
    }
    gate = { ...gate, votes: [...gate.votes, voteOf(statement, voter)] };
  }
  return undefined;
}

/** Which group was asked at the moment of a vote is the root's to know; here it has to be one of them. Everyone, where a stage asks everyone. */
const groupsOfAll = (groups: readonly (readonly string[])[]): readonly string[] =>
  groups.some((from) => from.length === 0) ? [] : [...new Set(groups.flat())];
