/** The restore tests that a schedule starts: the newest backup and one older one; a test that fails is told to people. */
import { workflowInfo } from '@temporalio/workflow';
import type { Backup } from '../domain/backup.ts';
import { backupsToTest } from '../domain/backup-tests.ts';
import { activitiesAt } from './kit/activities.ts';
import { tellingFailure, testAsChild, type Scheduled } from './steps/scheduled.ts';

export interface ScheduledRestoreTests extends Scheduled {
  /** Names of the kind's activities, from contracts/kinds.ts. */
  readonly list: string;
  readonly test: string;
}

/** Answers what was tested. Fails with the first one that failed, after all were tried. */
export function scheduledRestoreTests(start: ScheduledRestoreTests): Promise<readonly string[]> {
  const { target, site } = start;
  const on = activitiesAt<Record<string, (input: unknown) => Promise<readonly Backup[]>>>(site, target);
  return tellingFailure(start, { en: `A restore test of ${target}`, ja: `${target} の復元テスト` }, async () => {
    const backups = await on.patient[start.list]!({ target });
    const chosen = backupsToTest(backups, workflowInfo().firstExecutionRunId);
    const failures: unknown[] = [];
    for (const id of chosen) await testAsChild(start, id, start.test).catch((error: unknown) => void failures.push(error));
    if (failures.length > 0) throw failures[0];
    return chosen;
  });
}
