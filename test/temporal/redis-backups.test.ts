/** The schedules and routes of every kind, with Redis servers behind them and real Temporal between: taken and tested; a worker killed on the way. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { soon, startBackupStack, type BackupStack } from '../support/backups/stack.ts';
import { takeAndTestThroughDeaths } from '../support/backups/through-deaths.ts';
import { startBackedUpRedis, type BackedUpRedisBed } from '../support/redis/backed-up.ts';

let stack: BackupStack<BackedUpRedisBed>;
beforeAll(async () => {
  stack = await startBackupStack(() => startBackedUpRedis());
  await stack.bed.master.command('EVAL', `for n = 1, 20000 do redis.call('SET', 'k:' .. n, string.rep(n, 100)) end`, '0');
});
afterEach(() => stack.killWorker());
afterAll(() => stack?.stop());

test('a backup and its test outlive their worker, whichever moment it is killed at', async () => {
  const id = await takeAndTestThroughDeaths(stack, (job) => existsSync(join(job, 'data')));
  expect(await stack.list()).toMatchObject([{ id, status: 'verified', counts: { keys: 20_000 } }]);
  expect(stack.jobs()).toEqual([]);
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
