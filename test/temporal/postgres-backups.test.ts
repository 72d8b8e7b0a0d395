/** The schedules and routes of every kind, with a PostgreSQL cluster behind them and real Temporal between: taken and tested; a worker killed on the way. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { backupId, backupTestWorkflowId, backupWorkflowId } from '../../domain/identity.ts';
import { soon, startBackupStack, type BackupStack } from '../support/backups/stack.ts';
import { startBackedUp, type BackedUp } from '../support/postgres/backed-up.ts';

let stack: BackupStack<BackedUp>;
beforeAll(async () => {
  stack = await startBackupStack(() => startBackedUp('base-backup'));
  await stack.bed.primary.sql('create table t as select generate_series(1, 20000) as n');
});
afterEach(() => stack.killWorker());
afterAll(() => stack?.stop());

test('a backup and its test outlive their worker, whichever moment it is killed at', async () => {
  const { names, bed } = stack;
  const jobs = (): string[] => stack.jobs();
  const at = new Date();
  const id = backupId(at, 'full', '1a2b3c');
  stack.startWorker();
  await stack.begin('backup', backupWorkflowId(id), { id, kind: 'full', startedAt: at.toISOString(), activity: names.take });
  await expect.poll(() => jobs().length, { ...soon, interval: 5 }).toBeGreaterThan(0);
  await stack.killWorker();
  expect(existsSync(join(bed.repository, 'db', id, 'manifest.json'))).toBe(false);
  stack.startWorker();
  await stack.untilCompleted(backupWorkflowId(id));

  const workflowId = backupTestWorkflowId(id);
  await stack.begin('backupTest', workflowId, { backup: id, activity: names.test });
  const isUp = () => jobs().some((job) => existsSync(join(job, 'data/postmaster.pid')));
  await expect.poll(isUp, { ...soon, interval: 2 }).toBe(true);
  await stack.killWorker();
  stack.startWorker();
  await stack.untilCompleted(workflowId);
  expect(await stack.list()).toMatchObject([{ id, status: 'verified', counts: { tables: 1, rows: 20_000 } }]);
  expect(jobs()).toEqual([]);
});

test('its schedules stand as the inventory says, and an hourly one brings a tested incremental', async () => {
  const { inventory } = stack.bed;
  const every = structuredClone(inventory) as unknown as {
    targets: { backup: { times: { incremental: { every: number } } } }[];
  };
  await stack.keepSchedules(inventory);
  const wanted = ['full', 'incremental', 'retention', 'test'].map((name) => `schedule/db/${name}`);
  await expect.poll(() => stack.gateway.schedules.list(), soon).toEqual(wanted);
  every.targets[0]!.backup.times.incremental.every = 2_000;
  stack.startWorker();
  await stack.keepSchedules(every);
  const tested = async () => (await stack.list()).some(({ kind, status }) => kind === 'incremental' && status === 'verified');
  await expect.poll(tested, soon).toBe(true);
});
