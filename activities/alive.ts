/** Keeps an activity alive in Temporal's eyes while it works, and stops it when it is cancelled. */
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';

/** Well under the heartbeat timeout of the `patient` policy (1.5 s), so that one late beat is no death. */
const beatMs = 400;

/**
 * Runs `work` with a heartbeat beside it and the signal that aborts on cancellation. A beat comes from a timer: long copies are
 * many short calls, so the timer stands still exactly when this process does. Outside an activity it only runs `work`.
 */
export async function alive<T>(work: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
  const context = currentContext();
  if (context === undefined) return work(undefined);
  context.heartbeat();
  const timer = setInterval(() => context.heartbeat(), beatMs);
  try {
    return await work(context.cancellationSignal);
  } catch (error) {
    if (context.cancellationSignal.aborted) throw new CancelledFailure('stopped at a safe point', [], error as Error);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

function currentContext(): Context | undefined {
  try {
    return Context.current();
  } catch {
    return undefined;
  }
}
