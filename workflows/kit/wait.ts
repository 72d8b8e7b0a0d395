/** Time that has to pass, and nothing else. */
import { condition } from '@temporalio/workflow';
import type { Text } from '../../domain/text.ts';
import { attempt, isCancelled, safePoint } from './attempt.ts';
import { isDryRun, type Run } from './run.ts';

/** Lets time pass, so long that nothing is left to wait for; a cancellation is heard at once. A dry run does not wait. */
export function wait(run: Run, name: string, ms: number, why: Text): Promise<void> {
  return attempt<void>(run, name, async () => {
    if (isDryRun(run)) return { value: undefined, outcome: 'planned', sentence: why };
    if (ms <= 0) return { value: undefined, outcome: 'already-done', sentence: nothingToWaitFor };
    run.ledger.turn(name, 'waiting', why);
    await condition(() => isCancelled(run), ms, { summary: name });
    safePoint(run);
    return { value: undefined, sentence: why, evidence: { ms } };
  });
}

const nothingToWaitFor: Text = { en: 'There is nothing to wait for.', ja: '待つものはありません。' };
