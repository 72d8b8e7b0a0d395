/** A worker is killed while it takes or tests a backup of Redis servers: the next attempt ends well, and removes all that was left. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRedisBackupActivities } from '../../../activities/redis-backups/create-redis-backup-activities.ts';
import type { RedisBackupActivities } from '../../../activities/redis-backups/interface.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { processesBelow } from '../../../adapters/scratch/processes-below.ts';
import { backupId } from '../../../domain/identity.ts';
import { killWhen } from '../../support/backups/victim.ts';
import { startBackedUpRedis, type BackedUpRedisBed } from '../../support/redis/backed-up.ts';

const target = 'cache';
const keys = 60_000;

let bed: BackedUpRedisBed;
let activities: RedisBackupActivities;
let data: string;
let number = 0;

beforeAll(async () => {
  bed = await startBackedUpRedis();
  data = join(bed.folder, 'data');
  mkdirSync(data);
  activities = createRedisBackupActivities(createPorts({ inventory: () => bed.inventory, data, secret: bed.secret }));
  await bed.master.command('EVAL', `for n = 1, ${keys} do redis.call('SET', 'k:' .. n, string.rep(n, 40)) end`, '0');
});
afterAll(() => bed?.stop());

const newRequest = () => {
  const at = new Date();
  const kind = 'full' as const;
  return { target, id: backupId(at, kind, `${++number}`.padStart(6, '0')), kind, startedAt: at.toISOString() };
};
const jobs = (): string[] => readdirSync(bed.scratch).map((name) => join(bed.scratch, name));
const inRepository = (id: string): string => join(bed.repository, target, id);
const killedWhen = (activity: string, input: object, condition: () => boolean): Promise<boolean> =>
  killWhen(join(bed.folder, 'order.json'), { inventory: bed.inventory, data, secrets: bed.secrets, activity, input }, condition);

async function endsClean(id: string): Promise<void> {
  expect(jobs()).toEqual([]);
  expect(await processesBelow(bed.scratch)).toEqual([]);
  const listed = await activities.listRedisBackups({ target });
  expect(listed.filter((backup) => backup.id === id)).toHaveLength(1);
  expect(await bed.master.command('DBSIZE')).toBe(keys);
}

test.each<[string, (id: string) => boolean]>([
  ['its folder is there', () => jobs().length > 0],
  ['its snapshot is on the way', () => jobs().some((job) => existsSync(join(job, 'files/dump.rdb')))],
  ['its append-only file is on the way', () => jobs().some((job) => existsSync(join(job, 'files/appendonlydir')))],
  ['its files are on the way into the repository', (id) => existsSync(join(inRepository(id), 'files'))],
])('a backup, when %s', async (_, moment) => {
  const request = newRequest();
  expect(await killedWhen('takeRedisBackup', request, () => moment(request.id))).toBe(true);
  expect(existsSync(join(inRepository(request.id), 'manifest.json'))).toBe(false);
  const backup = await activities.takeRedisBackup(request);
  expect(backup).toMatchObject({ status: 'complete', counts: { keys } });
  expect(backup.findings).toBeUndefined();
  await endsClean(backup.id);
  expect(await activities.testRedisBackup({ target, backup: backup.id })).toMatchObject({ status: 'verified' });
});

test.each<[string, (job: string) => boolean]>([
  ['it restores', (job) => existsSync(join(job, 'data'))],
  ['its server runs', (job) => existsSync(join(job, 'redis.sock'))],
])('a restore test, when %s', async (_, moment) => {
  const { id } = await activities.takeRedisBackup(newRequest());
  expect(await killedWhen('testRedisBackup', { target, backup: id }, () => jobs().some(moment))).toBe(true);
  expect(jobs()).toHaveLength(1);
  expect(await activities.testRedisBackup({ target, backup: id })).toMatchObject({ status: 'verified' });
  await endsClean(id);
});

test('two at once do not clear each other away', async () => {
  const { id } = await activities.takeRedisBackup(newRequest());
  const tested = await Promise.all([1, 2].map(() => activities.testRedisBackup({ target, backup: id })));
  expect(tested.map(({ status }) => status)).toEqual(['verified', 'verified']);
  await endsClean(id);
});
