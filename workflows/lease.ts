/** The lease of one target: lives as long as its holder, answers who that is, and passes on the wish that it yields. */
import { condition, continueAsNew, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import { decideLease, type Holder } from '../domain/lease.ts';
import { holderQuery, leaseHeldSignal, pleaseYieldSignal, releaseSignal, wantLeaseSignal } from '../domain/messages.ts';
import { kernelActivities } from './kit/activities.ts';

/** A Reset of the holder leaves its lease behind without a parent, so it looks itself. */
const lookEvery = '30s';

export async function lease(target: string, holder: Holder): Promise<void> {
  let released = false;
  const wishes: Holder[] = [];
  setHandler(holderQuery, () => holder);
  setHandler(releaseSignal, () => void (released = true));
  setHandler(wantLeaseSignal, (wish) => void wishes.push(wish));

  const kernel = kernelActivities(target);
  for (;;) {
    const called = await condition(() => released || wishes.length > 0, lookEvery, {
      summary: `look whether ${holder.id} lives`,
    });
    if (released) return;
    for (const wish of wishes.splice(0)) await answer(target, holder, wish);
    if (!called && !(await kernel.hasOpenRun({ workflowId: holder.workflowId }))) return;
    if (workflowInfo().continueAsNewSuggested && wishes.length === 0 && !released)
      await continueAsNew<typeof lease>(target, holder);
  }
}

async function answer(target: string, holder: Holder, wish: Holder): Promise<void> {
  await tell(wish.workflowId, leaseHeldSignal, { target, holder });
  if (decideLease(wish, holder).answer === 'ask-to-yield') await tell(holder.workflowId, pleaseYieldSignal, wish);
}

async function tell(
  workflowId: string,
  ...message: [typeof leaseHeldSignal, { target: string; holder: Holder }] | [typeof pleaseYieldSignal, Holder]
) {
  try {
    await getExternalWorkflowHandle(workflowId).signal(message[0] as typeof pleaseYieldSignal, message[1] as Holder);
  } catch {
    // The other side has ended meanwhile; the next look finds out.
  }
}
