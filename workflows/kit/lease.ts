/** Taking and giving back the lease of a target: a child workflow whose id Temporal lets exist only once. */
import {
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { fail } from '../../domain/fail.ts';
import { controlQueue, leaseWorkflowId } from '../../domain/identity.ts';
import { decideLease, type Holder } from '../../domain/lease.ts';
import { leaseFreeSignal, leaseHeldSignal, releaseSignal, wantLeaseSignal } from '../../domain/messages.ts';
import type { Text } from '../../domain/text.ts';
import { lease } from '../lease.ts';
import { workflowTaskTimeout } from './policies.ts';

export interface HeldLease {
  readonly target: string;
  /** True once the lease ended without our asking, as far as this workflow hears of it. */
  readonly lost: () => boolean;
  /** Taken by an earlier run of ours, before a Reset: of its end nobody tells us. */
  readonly adopted: boolean;
  /** Gives it back; twice is fine. */
  readonly release: () => Promise<void>;
}

const firstWaitMs = 100;
const longestWaitMs = 30_000;

/**
 * Holds `target` for this workflow. Waits while somebody else may have it, asks a backup to yield,
 * and fails with `held` where a second recovery has no business waiting. `waits` hears why it waits and may throw to give up.
 */
export async function holdLease(target: string, holder: Holder, waits: (why: Text) => void = () => {}): Promise<HeldLease> {
  let answeredBy: Holder | undefined;
  let freed = false;
  setHandler(leaseHeldSignal, (answer) => {
    if (answer.target === target) answeredBy = answer.holder;
  });
  setHandler(leaseFreeSignal, (free) => {
    if (free.target === target) freed = true;
  });
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    const taken = await tryToTake(target, holder);
    if (taken !== undefined) return taken;
    answeredBy = undefined;
    freed = false;
    if (!(await wantIt(target, holder))) continue;
    await condition(() => answeredBy !== undefined, waitMs, { summary: `answer of lease/${target}` });
    if (answeredBy === undefined) continue;
    const verdict = decideLease(holder, answeredBy);
    if (verdict.answer === 'ours') return { target, adopted: true, lost: () => false, release: () => letGo(target) };
    if (verdict.answer === 'refuse') throw fail('held', verdict.sentence, { heldBy: answeredBy });
    waits(verdict.sentence);
    if (await condition(() => freed, waitMs, { summary: `lease/${target} is taken` })) waitMs = firstWaitMs;
  }
}

async function tryToTake(target: string, holder: Holder): Promise<HeldLease | undefined> {
  try {
    const child = await startChild(lease, {
      workflowId: leaseWorkflowId(target),
      taskQueue: controlQueue,
      args: [target, holder],
      memo: { holder },
      parentClosePolicy: ParentClosePolicy.TERMINATE,
      workflowTaskTimeout,
      staticSummary: `${target} is held by ${holder.kind} ${holder.id}`,
    });
    let released = false;
    let ended = false;
    child.result().then(
      () => (ended = true),
      () => (ended = true),
    );
    return {
      target,
      adopted: false,
      lost: () => ended && !released,
      async release() {
        if (released) return;
        released = true;
        await letGo(target);
        await condition(() => ended);
      },
    };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
}

/** False when the lease is gone by now: then it can simply be taken. */
async function wantIt(target: string, holder: Holder): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(leaseWorkflowId(target)).signal(wantLeaseSignal, holder);
    return true;
  } catch {
    return false;
  }
}

async function letGo(target: string): Promise<void> {
  try {
    await getExternalWorkflowHandle(leaseWorkflowId(target)).signal(releaseSignal);
  } catch {
    // It ended already: released is released.
  }
}

/** This workflow as a holder. */
export function asHolder(kind: Holder['kind'], id: string): Holder {
  const { workflowId, firstExecutionRunId, startTime } = workflowInfo();
  return { kind, id, workflowId, firstRunId: firstExecutionRunId, since: startTime.toISOString() };
}
