/** Work within a step that a cancellation cuts off: activities that only watch or wait, for longer than anybody should. */
import { CancellationScope, condition, patched } from '@temporalio/workflow';
import { isCancelled, safePoint } from './attempt.ts';
import type { Run } from './run.ts';

/**
 * Runs activities that may be left at any point, because the undo of the step takes back whatever they did. Where the recovery is
 * cancelled they are told at once, have ended before this does, and it throws Ending as a safe point would.
 */
export async function untilCancelled<T>(run: Run, work: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope();
  let [isOver, isCut] = [false, false];
  void condition(() => isOver || isCancelled(run)).then(() => {
    // Asked only here: a recovery that nobody cancels goes the way that it always went.
    if (isOver || !patched('kernel-3')) return;
    isCut = true;
    scope.cancel();
  });
  const [end] = await Promise.allSettled([scope.run(work)]);
  isOver = true;
  // However the work ended: what it answers, or fails with, as it is cut off, counts no more.
  if (isCut) safePoint(run);
  if (end.status === 'rejected') throw end.reason;
  return end.value;
}
