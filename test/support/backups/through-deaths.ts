/** A backup and its test whose worker is killed while each is at work, for every kind of target alike. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { backupId, backupTestWorkflowId, backupWorkflowId } from '../../../domain/identity.ts';
import { soon, type BackupStack, type Bed } from './stack.ts';

/** `isAtWork`: a restored copy lies in the folder of that job. Answers the id of the backup, once its test is over. */
export async function takeAndTestThroughDeaths(
  stack: BackupStack<Bed & { readonly repository: string }>,
  isAtWork: (job: string) => boolean,
): Promise<string> {
  const { names, bed } = stack;
  const at = new Date();
  const id = backupId(at, 'full', '1a2b3c');
  stack.startWorker();
  await stack.begin('backup', backupWorkflowId(id), { id, kind: 'full', startedAt: at.toISOString(), activity: names.take });
  await expect.poll(() => stack.jobs().length, { ...soon, interval: 5 }).toBeGreaterThan(0);
  await stack.killWorker();
  expect(existsSync(join(bed.repository, bed.inventory.targets[0]!.id, id, 'manifest.json'))).toBe(false);
  stack.startWorker();
  await stack.untilCompleted(backupWorkflowId(id));

  const workflowId = backupTestWorkflowId(id);
  await stack.begin('backupTest', workflowId, { backup: id, activity: names.test });
  await expect.poll(() => stack.jobs().some(isAtWork), { ...soon, interval: 2 }).toBe(true);
  await stack.killWorker();
  stack.startWorker();
  await stack.untilCompleted(workflowId);
  return id;
}
