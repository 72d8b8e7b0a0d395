/** What everything that a schedule starts has in common: nobody waits for it, so its failure is told to people, once an event. */
import {
  executeChild,
  isCancellation,
  log,
  ParentClosePolicy,
  workflowInfo,
  type ChildWorkflowOptions,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Backup } from '../../domain/backup.ts';
import { fail } from '../../domain/fail.ts';
import { backupTestWorkflowId, controlQueue, recoveryId } from '../../domain/identity.ts';
import { siteAttribute, statusAttribute, targetAttribute } from '../../domain/search-attributes.ts';
import type { Text } from '../../domain/text.ts';
import { backupTest } from '../backup-test.ts';
import { messages } from '../kit/activities.ts';
import { tellFailure } from '../kit/ending.ts';
import { workflowTaskTimeout } from '../kit/policies.ts';

export interface Scheduled {
  readonly target: string;
  readonly site: string;
  /** Id of the schedule, as people know it. */
  readonly schedule: string;
}

/** Runs the work; where it fails for good, every operator is told before the failure is passed on to the schedule. */
export async function tellingFailure<T>({ target, schedule }: Scheduled, what: Text, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { firstExecutionRunId, startTime } = workflowInfo();
    const why = tellFailure(error).sentence;
    const event = `${schedule}/${firstExecutionRunId}/failed`;
    const told = messages(target).announce({
      event,
      occasion: 'schedule-failed',
      at: new Date().toISOString(),
      recovery: recoveryId(target, firstExecutionRunId),
      scenario: schedule,
      target,
      requestedBy: schedule,
      reason: `due at ${startTime.toISOString()}`,
      sentence: { en: `${what.en} failed: ${why.en}`, ja: `${what.ja}に失敗しました: ${why.ja}` },
      to: { roles: ['operator'], from: [], also: [], except: [] },
    });
    // That nobody could be told must not hide what failed.
    await told.catch((silent: unknown) => log.warn(`nobody could be told of ${event}`, { error: String(silent) }));
    throw error;
  }
}

/** How a child of a scheduled run is started: it ends with its parent, and lists find it by its target. */
export const asChild = ({ target, site }: Scheduled): Omit<ChildWorkflowOptions, 'typeInfo'> => ({
  taskQueue: controlQueue,
  parentClosePolicy: ParentClosePolicy.TERMINATE,
  workflowTaskTimeout,
  typedSearchAttributes: [
    { key: targetAttribute, value: target },
    { key: statusAttribute, value: 'running' },
    { key: siteAttribute, value: site },
  ],
});

/**
 * Has a backup tested; `undefined` where somebody else is at it, which is as good. A test that finds something is a result to
 * whoever asked for it; of a schedule it is the failure that people have to hear of: backup-corrupt.
 */
export async function testAsChild(start: Scheduled, backup: string, activity: string): Promise<Backup | undefined> {
  const { target, site, schedule } = start;
  let tested: Backup;
  try {
    tested = await executeChild(backupTest, {
      ...asChild(start),
      workflowId: backupTestWorkflowId(backup),
      args: [{ target, site, backup, activity }],
      staticSummary: `restore test of ${backup}, by ${schedule}`,
      memo: { requestedBy: schedule },
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
  if (tested.status !== 'failed') return tested;
  const { failure = '' } = tested;
  throw fail('backup-corrupt', { en: `${backup}: ${failure}`, ja: `${backup} は復元テストに不合格です: ${failure}` });
}
