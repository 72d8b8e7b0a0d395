/** The backup that a schedule starts: named after its own start, tested as soon as it is whole, and told to people where it fails. */
import { executeChild, workflowInfo } from '@temporalio/workflow';
import type { Backup, BackupKind } from '../domain/backup.ts';
import { backupId, backupWorkflowId } from '../domain/identity.ts';
import { backup } from './backup.ts';
import { asChild, tellingFailure, testAsChild, type Scheduled } from './steps/scheduled.ts';

export interface ScheduledBackup extends Scheduled {
  readonly kind: BackupKind;
  /** Names of the kind's activities, from contracts/kinds.ts. */
  readonly take: string;
  /** Absent where a restore test waits for its own schedule. */
  readonly test?: string;
}

export function scheduledBackup(start: ScheduledBackup): Promise<Backup> {
  const { target, site, schedule, kind } = start;
  // The same for every attempt and every replay, so that one night has one backup.
  const { startTime, firstExecutionRunId } = workflowInfo();
  const id = backupId(startTime, kind, firstExecutionRunId.slice(0, 6));
  const startedAt = startTime.toISOString();
  return tellingFailure(start, { en: `The ${kind} backup of ${target}`, ja: `${target} の ${kind} バックアップ` }, async () => {
    const taken: Backup = await executeChild(backup, {
      ...asChild(start),
      workflowId: backupWorkflowId(id),
      args: [{ target, site, id, kind, startedAt, activity: start.take }],
      staticSummary: `${kind} backup of ${target}, by ${schedule}`,
      memo: { requestedBy: schedule, backup: begun({ id, target, kind, startedAt }) },
    });
    return start.test === undefined ? taken : ((await testAsChild(start, id, start.test)) ?? taken);
  });
}

/** What is known of a backup before anything is: readers of Temporal see it while it is taken. */
const begun = (head: Pick<Backup, 'id' | 'target' | 'kind' | 'startedAt'>): Backup => ({
  ...head,
  source: 'okiagari',
  status: 'running',
  bytes: 0,
  files: 0,
  counts: {},
  repositories: [],
  held: false,
});
