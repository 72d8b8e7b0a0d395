/** Checks that have to pass before a recovery goes on, or may call itself recovered. */
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import { summarizeChecks, type Check } from '../../domain/verification.ts';
import { attempt } from './attempt.ts';
import { isDryRun, type Run } from './run.ts';

type Look = () => Promise<readonly Check[]>;

/** Nobody may skip it. `then` follows in the same step. */
export const pass = (run: Run, name: string, look: Look, then: () => Promise<void> | void): Promise<void> =>
  attempt<void>(run, name, async () => {
    if (isDryRun(run)) return { value: undefined, outcome: 'planned', sentence: wouldVerify };
    const checks = await look();
    if (!allHold(checks)) throw fail('verification-failed', summarizeChecks(checks));
    await then();
    return { value: undefined, sentence: summarizeChecks(checks), evidence: { checks: checks.map(({ id }) => id) } };
  });

/** Nothing checked is nothing proven. */
export const allHold = (checks: readonly Check[]): boolean => checks.length > 0 && checks.every(({ ok }) => ok);

const wouldVerify: Text = { en: 'Would verify.', ja: '検証の予定。' };
