/** The answers to a checklist as checks that decide whether a failover has ended well. */
import type { Answer } from '../checklist/words.ts';
import type { Check } from '../verification.ts';

/**
 * What was not checked decides nothing: on a large database there is no time to hold every index against its order while people
 * wait. It is told, and stays not checked on the list that `POST …/verify` fills in.
 */
export const judgeAnswers = (answers: readonly Answer[]): Check[] =>
  answers
    .filter(({ outcome }) => outcome !== 'not-applicable' && outcome !== 'not-checked')
    .map(({ id, outcome, sentence }) => ({ id, ok: outcome === 'ok', sentence }));
