/** The lease of one target: lives as long as its holder, answers who that is, and passes on the wish that it yields. */
import {
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setHandler,
  TemporalFailure,
  workflowInfo,
  type SignalDefinition,
} from '@temporalio/workflow';
import { decideLease, type Holder } from '../domain/lease.ts';
import {
  holderQuery,
  leaseFreeSignal,
  leaseHeldSignal,
  pleaseYieldSignal,
  releaseSignal,
  wantLeaseSignal,
} from '../domain/messages.ts';
import { kernelActivities } from './kit/activities.ts';

/** A Reset of the holder leaves its lease behind without a parent, so it looks itself. */
const lookEvery = '30s';

export async function lease(target: string, holder: Holder): Promise<void> {
  let released = false;
  const wishes: Holder[] = [];
  const waiting = new Set<string>();
  setHandler(holderQuery, () => holder);
  setHandler(releaseSignal, () => void (released = true));
  setHandler(wantLeaseSignal, (wish) => void wishes.push(wish));

  const kernel = kernelActivities(target);
  for (;;) {
    const called = await condition(() => released || wishes.length > 0, lookEvery, {
      summary: `look whether ${holder.id} lives`,
    });
    if (released) break;
    for (const wish of wishes.splice(0)) {
      await tell(wish.workflowId, leaseHeldSignal, { target, holder });
      if (decideLease(wish, holder).answer === 'ask-to-yield') await tell(holder.workflowId, pleaseYieldSignal, wish);
      waiting.add(wish.workflowId);
    }
    if (!called && !(await kernel.hasOpenRun({ workflowId: holder.workflowId }))) return;
    if (workflowInfo().continueAsNewSuggested && wishes.length === 0 && !released)
      await continueAsNew<typeof lease>(target, holder);
  }
  for (const workflowId of waiting) await tell(workflowId, leaseFreeSignal, { target });
}

/** Whoever has ended meanwhile needs no word: the next look finds out. */
async function tell<Args extends unknown[]>(workflowId: string, signal: SignalDefinition<Args>, ...args: Args): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(signal, ...args);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
  }
}
