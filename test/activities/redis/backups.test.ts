/** Backups of real Redis servers: taken, proven by servers that were asked, kept, and let go, with the words of every kind. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manifestDigest } from '../../../activities/backup-keeping/manifest-text.ts';
import { createRedisBackupActivities } from '../../../activities/redis-backups/create-redis-backup-activities.ts';
import type { RedisBackupActivities } from '../../../activities/redis-backups/interface.ts';
import { createPorts } from '../../../adapters/ports.ts';
import type { Inventory } from '../../../contracts/inventory.ts';
import type { Backup, BackupKind, Manifest } from '../../../domain/backup.ts';
import { backupId } from '../../../domain/identity.ts';
import type { TakenRedisBackup } from '../../../domain/redis/taken-backup.ts';
import { isLive } from '../../../domain/redis/node-report.ts';
import { eventually } from '../../support/eventually.ts';
import { startBackedUpRedis, type BackedUpRedisBed } from '../../support/redis/backed-up.ts';

const target = 'cache';
const dayMs = 86_400_000;
const keys = 2_000;

let bed: BackedUpRedisBed;
let activities: RedisBackupActivities;
let inventory: Inventory;
let number = 0;

beforeAll(async () => {
  bed = await startBackedUpRedis({ replicas: 1, expectedKeys: [{ pattern: 'lpr:*', atLeast: 50 }] });
  ({ inventory } = bed);
  const data = join(bed.folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  activities = createRedisBackupActivities(createPorts({ inventory: () => inventory, data, secret: bed.secret }));
  await bed.master.command('EVAL', `for n = 1, ${keys} do redis.call('SET', 'k:' .. n, n) end`, '0');
  await bed.master.command('EVAL', `for n = 1, 100 do redis.call('SET', 'lpr:' .. n, n, 'EX', 3600) end`, '0');
  await bed.master.command('EVAL', `redis.call('SELECT', 3) for n = 1, 7 do redis.call('SET', 'three:' .. n, n) end`, '0');
});
afterAll(() => bed?.stop());

/** The replica has what the master has. */
const caughtUp = (): Promise<void> =>
  eventually(() => Promise.all(bed.servers.map(async (server) => keysIn(await server.command('INFO', 'keyspace'))))).toSatisfy(
    ([a, b]: string[]) => a !== '' && a === b,
  );
const keysIn = (info: unknown): string =>
  String(info)
    .match(/^db\d+:keys=\d+/gm)
    ?.join() ?? '';

const take = (kind: BackupKind = 'full', at = new Date()): Promise<Backup> => {
  const id = backupId(at, kind, `${++number}`.padStart(6, '0'));
  return activities.takeRedisBackup({ target, id, kind, startedAt: at.toISOString() });
};
const verify = ({ id }: Pick<Backup, 'id'>): Promise<Backup> => activities.testRedisBackup({ target, backup: id });
const folderOf = ({ id }: Pick<Backup, 'id'>): string => join(bed.repository, target, id);
const manifestOf = (backup: Pick<Backup, 'id'>): Manifest =>
  JSON.parse(readFileSync(join(folderOf(backup), 'manifest.json'), 'utf8')) as Manifest;
const factsOf = (backup: Pick<Backup, 'id'>): TakenRedisBackup =>
  JSON.parse(readFileSync(join(folderOf(backup), 'files/redis.json'), 'utf8')) as TakenRedisBackup;
const nothingLeft = (): void => expect(readdirSync(bed.scratch)).toEqual([]);

let full: Backup;

test('it holds snapshot and append-only file of a replica, and restored servers have every key', async () => {
  await caughtUp();
  full = await take();
  expect(full).toMatchObject({ status: 'complete', kind: 'full', repositories: ['vault'] });
  expect(full.counts).toEqual({ keys: keys + 107, lastingKeys: keys + 7 });
  expect(full.findings).toBeUndefined();
  expect(factsOf(full)).toMatchObject({
    node: 'b',
    holds: ['snapshot', 'append-only'],
    snapshotKeys: keys + 107,
    counted: {
      databases: [
        { database: 0, lasting: keys },
        { database: 3, keys: 7 },
      ],
      patterns: [{ found: 50 }],
    },
  });
  const paths = manifestOf(full).files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['dump.rdb', 'redis.json', 'appendonlydir/appendonly.aof.manifest']));
  const tested = await verify(full);
  expect(tested).toMatchObject({ status: 'verified', restoreMs: expect.any(Number) as number });
  const kept = JSON.parse(readFileSync(join(folderOf(full), 'verification.json'), 'utf8')) as unknown;
  expect(kept).toMatchObject({ passed: true, counts: { keys: keys + 107, lastingKeys: keys + 7 } });
  nothingLeft();
});

test('the same id asked for again is the same backup, and one asked for as an incremental is whole', async () => {
  const request = { target, id: full.id, kind: 'full', startedAt: full.startedAt } as const;
  expect((await activities.takeRedisBackup(request)).finishedAt).toBe(full.finishedAt);
  const other = await take('incremental');
  expect(manifestOf(other).base).toBeNull();
  expect(other.findings).toEqual([expect.objectContaining({ en: expect.stringContaining('no incremental') as string })]);
});

test('a second repository gets it, and each copy is tested where it lies', async () => {
  const offsite = join(bed.folder, 'offsite');
  mkdirSync(offsite);
  const one = structuredClone(bed.inventory) as unknown as {
    repositories: object[];
    targets: { backup: { repositories: string[] } }[];
  };
  one.repositories.push({ id: 'offsite', kind: 'directory', path: offsite });
  one.targets[0]!.backup.repositories.push('offsite');
  inventory = one as unknown as Inventory;
  try {
    const backup = await take();
    expect((await verify(backup)).repositories).toEqual(['vault', 'offsite']);
    expect(existsSync(join(offsite, target, backup.id, 'verification.json'))).toBe(true);
  } finally {
    ({ inventory } = bed);
  }
});

test('one byte wrong in the repository: failed, with the file, and well again when it is mended', async () => {
  const file = join(folderOf(full), 'files/dump.rdb');
  const good = readFileSync(file);
  writeFileSync(file, flipped(good));
  expect(await verify(full)).toMatchObject({
    status: 'failed',
    failure: expect.stringContaining('dump.rdb in vault is not what was written') as string,
  });
  writeFileSync(file, good);
  expect(await verify(full)).toMatchObject({ status: 'verified' });
  nothingLeft();
});

const flipped = (good: Buffer, at = Math.floor(good.length / 2)): Buffer => {
  const bad = Buffer.from(good);
  bad[at]! ^= 1;
  return bad;
};

/** As if it had been damaged before it was hashed. */
async function testWith(path: string, change: (content: Buffer) => Buffer): Promise<Backup> {
  const [file, document] = [join(folderOf(full), 'files', path), join(folderOf(full), 'manifest.json')];
  const [content, text] = [readFileSync(file), readFileSync(document, 'utf8')];
  const changed = change(content);
  writeFileSync(file, changed);
  const { digest: _old, ...manifest } = manifestOf(full);
  const files = manifest.files.map((one) =>
    one.path === path ? { ...one, bytes: changed.length, sha256: createHash('sha256').update(changed).digest('hex') } : one,
  );
  const body = { ...manifest, files };
  writeFileSync(document, JSON.stringify({ ...body, digest: manifestDigest(body) }));
  try {
    return await verify(full);
  } finally {
    writeFileSync(file, content);
    writeFileSync(document, text);
  }
}
const pathOf = (ending: string): string => manifestOf(full).files.find(({ path }) => path.endsWith(ending))!.path;

test('a snapshot that was damaged all along is called so by redis-check-rdb', async () => {
  const damaged = await testWith('dump.rdb', flipped);
  expect(damaged).toMatchObject({
    status: 'failed',
    failure: expect.stringMatching(/^redis-check-rdb ended with 1: /) as string,
  });
  nothingLeft();
});

test('so is an append-only file, in its snapshot and in its commands', async () => {
  // A value in its commands has no checksum but that of the manifest: their frames are what Redis can check.
  const damages: [string, (content: Buffer) => Buffer][] = [
    ['.base.rdb', flipped],
    ['.incr.aof', (content) => flipped(content, 0)],
    ['.incr.aof', (content) => content.subarray(0, -3)],
  ];
  for (const [ending, damage] of damages) {
    const damaged = await testWith(pathOf(ending), damage);
    expect(damaged).toMatchObject({
      status: 'failed',
      failure: expect.stringMatching(/^redis-check-aof ended with 1: /) as string,
    });
  }
  nothingLeft();
});

test('one that holds fewer keys than were counted has failed, in whichever database they are missing', async () => {
  const change =
    (edit: (facts: TakenRedisBackup) => object) =>
    (content: Buffer): Buffer =>
      Buffer.from(JSON.stringify(edit(JSON.parse(content.toString()) as TakenRedisBackup)));
  const more = await testWith(
    'redis.json',
    change((facts) => ({ ...facts, snapshotKeys: facts.snapshotKeys + 1 })),
  );
  expect(more.failure).toContain(`the snapshot: ${keys + 108} keys were counted, ${keys + 107} came back.`);
  const elsewhere = await testWith(
    'redis.json',
    change(({ counted, ...facts }) => ({
      ...facts,
      counted: { ...counted, databases: [...counted.databases, { database: 5, keys: 3, lasting: 3 }] },
    })),
  );
  expect(elsewhere.failure).toContain('3 keys without an expiry in database 5 were counted, 0 came back.');
  const pattern = await testWith(
    'redis.json',
    change(({ counted, ...facts }) => ({ ...facts, counted: { ...counted, patterns: [{ pattern: 'gone:*', found: 1 }] } })),
  );
  expect(pattern.failure).toContain('1 keys gone:* were counted, 0 came back.');
});

test('one that shrank by more than a fifth is suspect, one whose keys expired is not', async () => {
  await bed.master.command('EVAL', `for n = 1, 100 do redis.call('DEL', 'lpr:' .. n) end`, '0');
  await caughtUp();
  expect(await take()).toMatchObject({ status: 'complete', counts: { keys: keys + 7 } });
  await bed.master.command('EVAL', `for n = 1, ${keys / 2} do redis.call('DEL', 'k:' .. n) end`, '0');
  await caughtUp();
  const small = await take();
  expect(small.status).toBe('suspect');
  expect(small.findings?.[0]?.en).toMatch(/It holds 1007 keys without an expiry, \S+ before it held 2007\./);
  expect(await verify(small)).toMatchObject({ status: 'suspect', verifiedAt: expect.any(String) as string });
});

test('what is past its time goes, what is held stays', async () => {
  const old = await take('full', new Date(Date.now() - 9 * dayMs));
  const held = await take('full', new Date(Date.now() - 8 * dayMs));
  const word = { held: true, reason: 'audit', by: 'hana', at: new Date().toISOString() };
  expect(await activities.holdRedisBackup({ target, backup: held.id, ...word })).toMatchObject({ held: true });
  const plan = await activities.planRedisPrune({ target, recovery: 'cache~prune' });
  expect(plan.counts).toMatchObject({ remove: 1 });
  const request = { target, plan: plan.ref, digest: plan.digest };
  expect(await activities.applyRedisPrune(request)).toMatchObject({ removed: 1, spared: [] });
  const left = (await activities.listRedisBackups({ target })).map(({ id }) => id);
  expect(left).not.toContain(old.id);
  expect(left).toContain(held.id);
  expect(await activities.applyRedisPrune(request)).toMatchObject({ removed: 0 });
});

test('where the replica refuses it is taken from the master, and that is said', async () => {
  await bed.servers[1]!.command('ACL', 'SETUSER', 'default', '-sync');
  try {
    const backup = await take();
    expect(factsOf(backup)).toMatchObject({ node: 'a' });
    expect(backup.findings?.map(({ en }) => en)).toContainEqual(
      expect.stringMatching(/^Not from b: redis-cli --rdb ended with 1: /),
    );
    expect(await verify(backup)).toMatchObject({ verifiedAt: expect.any(String) as string });
  } finally {
    await bed.servers[1]!.command('ACL', 'SETUSER', 'default', '+sync');
  }
});

test('a replica that does not get what the master had acknowledged is left aside', async () => {
  await caughtUp();
  const ports = createPorts({ inventory: () => inventory, data: join(bed.folder, 'data'), secret: bed.secret });
  // A master that has nothing to say pings its replicas: what they got of that must not count as what they lack.
  let stays: number | undefined;
  const behind = createRedisBackupActivities({
    ...ports,
    redis: {
      ...ports.redis,
      async look(node, ...rest) {
        const report = await ports.redis.look(node, ...rest);
        return node.id === 'b' && isLive(report) ? { ...report, offset: (stays ??= report.offset - 1) } : report;
      },
    },
  });
  const at = new Date();
  const request = { target, id: backupId(at, 'full', 'be41d0'), kind: 'full', startedAt: at.toISOString() } as const;
  const { id, findings } = await behind.takeRedisBackup(request);
  expect(findings).toContainEqual(
    expect.objectContaining({ en: expect.stringContaining('b does not catch up with a') as string }),
  );
  expect(JSON.parse(readFileSync(join(bed.repository, target, id, 'files/redis.json'), 'utf8'))).toMatchObject({ node: 'a' });
});

test('without a replica that is well it is taken from the master; with two masters from nobody', async () => {
  await bed.servers[1]!.kill();
  expect(factsOf(await take())).toMatchObject({ node: 'a', holds: ['snapshot', 'append-only'] });
  await bed.servers[1]!.start();
  await bed.servers[1]!.command('REPLICAOF', 'NO', 'ONE');
  await expect(take()).rejects.toMatchObject({ type: 'no-primary' });
  nothingLeft();
});
