/** The schedules and routes of every kind, with a PostgreSQL cluster behind them and real Temporal between: taken and tested; a worker killed on the way. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { soon, startBackupStack, type BackupStack } from '../support/backups/stack.ts';
import { takeAndTestThroughDeaths } from '../support/backups/through-deaths.ts';
import { startBackedUp, type BackedUp } from '../support/postgres/backed-up.ts';

let stack: BackupStack<BackedUp>;
beforeAll(async () => {
  stack = await startBackupStack(() => startBackedUp('base-backup'));
  await stack.bed.primary.sql('create table t as select generate_series(1, 20000) as n');
});
afterEach(() => stack.killWorker());
afterAll(() => stack?.stop());

test('a backup and its test outlive their worker, whichever moment it is killed at', async () => {
  const id = await takeAndTestThroughDeaths(stack, (job) => existsSync(join(job, 'data/postmaster.pid')));
  expect(await stack.list()).toMatchObject([{ id, status: 'verified', counts: { tables: 1, rows: 20_000 } }]);
  expect(stack.jobs()).toEqual([]);
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
