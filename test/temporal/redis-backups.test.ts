/** The schedules and routes of every kind, with Redis servers behind them and real Temporal between: taken and tested; a worker killed on the way. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { backupId, backupTestWorkflowId, backupWorkflowId } from '../../domain/identity.ts';
import { soon, startBackupStack, type BackupStack } from '../support/backups/stack.ts';
import { startBackedUpRedis, type BackedUpRedisBed } from '../support/redis/backed-up.ts';

let stack: BackupStack<BackedUpRedisBed>;
beforeAll(async () => {
  stack = await startBackupStack(() => startBackedUpRedis());
  await stack.bed.master.command('EVAL', `for n = 1, 20000 do redis.call('SET', 'k:' .. n, string.rep(n, 100)) end`, '0');
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
  expect(existsSync(join(bed.repository, 'cache', id, 'manifest.json'))).toBe(false);
  stack.startWorker();
  await stack.untilCompleted(backupWorkflowId(id));

  const workflowId = backupTestWorkflowId(id);
  await stack.begin('backupTest', workflowId, { backup: id, activity: names.test });
  const isUp = () => jobs().some((job) => existsSync(join(job, 'data')));
  await expect.poll(isUp, { ...soon, interval: 2 }).toBe(true);
  await stack.killWorker();
  stack.startWorker();
  await stack.untilCompleted(workflowId);
  expect(await stack.list()).toMatchObject([{ id, status: 'verified', counts: { keys: 20_000 } }]);
  expect(jobs()).toEqual([]);
});

test('its schedules stand as the inventory says, and an hourly one brings a tested backup', async () => {
  const { inventory } = stack.bed;
  const every = structuredClone(inventory) as unknown as { targets: { backup: { times: { full: { every: number } } } }[] };
  await stack.keepSchedules(inventory);
  const wanted = ['full', 'retention', 'test'].map((name) => `schedule/cache/${name}`);
  await expect.poll(() => stack.gateway.schedules.list(), soon).toEqual(wanted);
  stack.startWorker();
  const before = (await stack.list()).length;
  every.targets[0]!.backup.times.full.every = 2_000;
  await stack.keepSchedules(every);
  const tested = async () => (await stack.list()).filter(({ status }) => status === 'verified').length;
  await expect.poll(tested, soon).toBeGreaterThan(before);
});
