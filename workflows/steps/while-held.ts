/** Work on a target's backups while its lease is held; gives way to a recovery and begins again after it. */
import { CancellationScope, condition, isCancellation, setHandler, sleep } from '@temporalio/workflow';
import { pleaseYieldSignal } from '../../domain/messages.ts';
import { asHolder, holdLease } from '../kit/lease.ts';

/** Longer than whoever asked needs to take the lease; were it not enough, it asks again. */
const courtesy = '1s';

/** `work` is cancelled where a recovery wants the target, and called anew afterwards: it has to bear that. */
export async function whileHeld<T>(target: string, id: string, work: () => Promise<T>): Promise<T> {
  let wanted = false;
  setHandler(pleaseYieldSignal, () => void (wanted = true));
  for (;;) {
    const lease = await holdLease(target, asHolder('backup', id));
    wanted = false;
    const scope = new CancellationScope();
    const working = scope.run(work);
    const yielded = condition(() => wanted).then(() => scope.cancel());
    try {
      return await working;
    } catch (error) {
      if (!wanted || !isCancellation(error)) throw error;
    } finally {
      void yielded;
      await CancellationScope.nonCancellable(() => lease.release());
    }
    await sleep(courtesy, { summary: 'lets the recovery take the target first' });
  }
}
