/** A restore into a master may be tried again, also by an attempt that was given up for dead: what clients wrote since stays. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRedisBackupActivities } from '../../../activities/redis-backups/create-redis-backup-activities.ts';
import { createRedisRestoreActivities } from '../../../activities/redis/restore/create-redis-restore-activities.ts';
import type { RedisRestoreActivities } from '../../../activities/redis/restore/interface.ts';
import { beginAttempt } from '../../../activities/redis/restore/progress.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { backupId } from '../../../domain/identity.ts';
import { createMemoryRecords } from '../../support/memory-records.ts';
import { startBackedUpRedis, type BackedUpRedisBed } from '../../support/redis/backed-up.ts';

const target = 'cache';
const recovery = 'cache~recovery-1';
let bed: BackedUpRedisBed;
let restore: RedisRestoreActivities;
let backup: string;

beforeAll(async () => {
  bed = await startBackedUpRedis();
  const data = join(bed.folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const ports = createPorts({ inventory: () => bed.inventory, data, secret: bed.secret });
  restore = createRedisRestoreActivities(ports);
  await bed.master.command('SET', 'kept', 'x');
  const at = new Date();
  const request = { target, id: backupId(at, 'full', '1a2b3c'), kind: 'full', startedAt: at.toISOString() } as const;
  ({ id: backup } = await createRedisBackupActivities(ports).takeRedisBackup(request));
});
afterAll(() => bed?.stop());

test('a second attempt replaces nothing that came after the first, and an undo goes back all the same', async () => {
  await bed.master.command('SET', 'before', 'x');
  const { ref: plan } = await restore.planRedisRestore({ target, recovery, backup, source: 'snapshot', wayBack: backup });
  expect(await restore.undoRedisRestore({ target, recovery, plan })).toEqual({ keys: 0 });
  expect(await bed.master.command('EXISTS', 'before')).toBe(1);
  await restore.applyRedisRestore({ target, recovery, plan });
  expect(await bed.master.command('EXISTS', 'before')).toBe(0);
  await bed.master.command('SET', 'since', 'x');
  expect(await restore.applyRedisRestore({ target, recovery, plan })).toEqual({ keys: 2 });
  expect(await bed.master.command('EXISTS', 'since')).toBe(1);
});

test('an attempt that another one has overtaken notices', async () => {
  const records = { records: createMemoryRecords() };
  const first = await beginAttempt(records, 'key');
  const second = await beginAttempt(records, 'key');
  await second(false);
  await expect(first(true)).rejects.toMatchObject({ type: 'plan-changed' });
});
