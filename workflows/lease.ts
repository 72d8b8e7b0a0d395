/** The lease of one target: lives as long as its holder, answers who that is, and passes on the wish that it yields. */
import {
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  patched,
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

/**
 * A Reset of the holder leaves its lease behind without a parent. It matters to whoever wants the target, so it is then that the
 * lease looks; by itself only now and then: ten thousand waiting recoveries must not fill the server with looking.
 */
const lookEvery = '1h';
const lookEveryBefore = '30s';

export async function lease(target: string, holder: Holder): Promise<void> {
  let released = false;
  const wishes: Holder[] = [];
  const waiting = new Set<string>();
  setHandler(holderQuery, () => holder);
  setHandler(releaseSignal, () => void (released = true));
  setHandler(wantLeaseSignal, (wish) => void wishes.push(wish));

  const looksWhenWanted = patched('kernel-2');
  const { workflowId, firstRunId } = holder;
  const isOrphan = async (): Promise<boolean> => {
    try {
      return !(await kernelActivities(target).hasOpenRun({ workflowId, ...(looksWhenWanted && { firstRunId }) }));
    } catch (error) {
      // A look that fails tells nothing: a lease that ended by it would leave its holder at work on a target that is free.
      if (error instanceof TemporalFailure) return false;
      throw error;
    }
  };
  for (;;) {
    const called = await condition(() => released || wishes.length > 0, looksWhenWanted ? lookEvery : lookEveryBefore, {
      summary: `look whether ${holder.id} lives`,
    });
    if (released) break;
    if (looksWhenWanted && (await isOrphan())) return;
    for (const wish of wishes.splice(0)) {
      await tell(wish.workflowId, leaseHeldSignal, { target, holder });
      if (decideLease(wish, holder).answer === 'ask-to-yield') await tell(holder.workflowId, pleaseYieldSignal, wish);
      waiting.add(wish.workflowId);
    }
    if (!looksWhenWanted && !called && (await isOrphan())) return;
    // What was said meanwhile would be lost with this run.
    const isQuiet = wishes.length === 0 && !released;
    if (workflowInfo().continueAsNewSuggested && isQuiet) await continueAsNew<typeof lease>(target, holder);
  }
  for (const other of waiting) await tell(other, leaseFreeSignal, { target });
}

/** Whoever has ended meanwhile needs no word: the next look finds out. */
async function tell<Args extends unknown[]>(workflowId: string, signal: SignalDefinition<Args>, ...args: Args): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowId).signal(signal, ...args);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
  }
}
