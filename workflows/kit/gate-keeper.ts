/** Whoever opens gates for a recovery: the root itself, or for a child the way to its root. */
import type { GateOutcome } from '../../domain/messages.ts';
import type { Decision, Waiting } from '../../domain/recovery.ts';
import { Ending } from './ending.ts';
import type { Question } from './votes.ts';

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

/** What it means that nobody decided. */
export function safeDefault({ otherwise, choices }: Pick<Waiting, 'otherwise' | 'choices'>): Decision {
  const proceed: Decision = choices.includes('approve') ? 'approve' : choices.includes('tick') ? 'tick' : 'retry';
  if (otherwise === 'proceed') return proceed;
  return (['reject', 'fail', 'roll-back'] as const).find((choice) => choices.includes(choice)) ?? proceed;
}
