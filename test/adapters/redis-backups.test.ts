/** Snapshot and append-only file of real servers at work, and what a server finds in a data folder that was made of them. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BackedUpServers, RedisBackups, ScratchRedis } from '../../activities/ports/redis-backups.ts';
import type { RedisNode } from '../../activities/ports/redis.ts';
import type { ScratchFolder } from '../../activities/ports/scratch-servers.ts';
import { createRedisBackups } from '../../adapters/redis/redis-backups.ts';
import { createRedis } from '../../adapters/redis/redis.ts';
import { createScratchRedis } from '../../adapters/redis/scratch-redis.ts';
import { processesBelow } from '../../adapters/scratch/processes-below.ts';
import type { RestoreSource } from '../../domain/redis/taken-backup.ts';
import { eventually } from '../support/eventually.ts';
import { startBackedUpRedis, type BackedUpRedisBed } from '../support/redis/backed-up.ts';
import { redisClient } from '../support/redis/client.ts';
import { startWriter } from '../support/redis/writer.ts';

/** So that some copies meet one and some do not. */
const betweenRewritesMs = 150;

let bed: BackedUpRedisBed;
let backups: RedisBackups;
let scratch: ScratchRedis;
let settings: BackedUpServers;
let node: RedisNode;
let folder: ScratchFolder;

beforeAll(async () => {
  bed = await startBackedUpRedis();
  ({ settings } = bed);
  node = settings.nodes[0]!;
  backups = createRedisBackups(bed.secret);
  scratch = createScratchRedis(bed.secret);
});
afterAll(() => bed?.stop());
beforeEach(async () => {
  await bed.master.command('FLUSHALL');
  await bed.master.command('EVAL', `for n = 1, 1000 do redis.call('SET', 'k:' .. n, n) end`, '0');
  folder = await scratch.open(settings);
});
afterEach(() => scratch.remove(folder));

const on = async <T>(socket: { path: string } | { host: string; port: number }, ...words: string[]): Promise<T> => {
  const client = redisClient({ ...socket, reconnectStrategy: false });
  await client.connect();
  return client.sendCommand(words).finally(() => client.destroy()) as Promise<T>;
};
const keysOf = async (source: RestoreSource): Promise<number> => {
  await backups.restore(settings, folder, source);
  const server = await scratch.start(settings, folder, 16);
  const { databases } = await createRedis(bed.secret).keyspace(server, {});
  return databases.reduce((sum, { keys }) => sum + keys, 0);
};

describe('restoring', () => {
  /** A server as a person would start it on a data folder; answers its keys. */
  async function keysWith(appendOnly: 'yes' | 'no', data = folder.data): Promise<number> {
    const socket = join(folder.path, 'other.sock');
    const args = ['--port', '0', '--unixsocket', socket, '--dir', data, '--appendonly', appendOnly, '--save', ''];
    const server = spawn('/usr/bin/redis-server', args, { stdio: 'ignore', cwd: folder.path });
    const gone = once(server, 'exit');
    try {
      const asked = (): Promise<number> => on<number>({ path: socket }, 'DBSIZE').catch(() => -1);
      await eventually(asked).toBeGreaterThan(-1);
      return await asked();
    } finally {
      server.kill();
      await gone;
    }
  }

  test('a server with its append-only file on finds the keys of a snapshot, where a copied one would be ignored', async () => {
    await backups.snapshot(settings, node, folder);
    const naive = join(folder.path, 'naive');
    mkdirSync(naive);
    copyFileSync(join(folder.files, 'dump.rdb'), join(naive, 'dump.rdb'));
    expect(await keysWith('yes', naive)).toBe(0);
    await backups.restore(settings, folder, 'snapshot');
    expect(await keysWith('yes')).toBe(1000);
    expect(await keysWith('no')).toBe(1000);
  });

  test('the server keeps to itself: no port, no snapshots, nobody to follow; started twice it is one', async () => {
    await backups.snapshot(settings, node, folder);
    await backups.restore(settings, folder, 'snapshot');
    const server = await scratch.start(settings, folder, 20);
    expect(await scratch.start(settings, folder, 20)).toEqual(server);
    expect(await processesBelow(folder.data)).toHaveLength(1);
    const asked = await on({ path: server.host }, 'CONFIG', 'GET', 'port', 'save', 'replicaof', 'databases', 'dir');
    expect(asked).toEqual({ port: '0', save: '', replicaof: '', databases: '20', dir: folder.data });
    expect(statSync(server.host).mode & 0o077).toBe(0);
    await scratch.stop(folder);
    expect(await processesBelow(bed.scratch)).toEqual([]);
    expect(readdirSync(folder.path)).not.toContain('data');
  });

  test('keys whose time was over at the restore count as read, and as expired', async () => {
    await bed.master.command('SET', 'brief', 'x', 'PX', '3000');
    expect(await backups.snapshot(settings, node, folder)).toEqual({ snapshotKeys: 1001, databases: 16 });
    await eventually(() => bed.master.command('EXISTS', 'brief')).toBe(0);
    await backups.restore(settings, folder, 'snapshot');
    const server = await scratch.start(settings, folder, 16);
    const ask = () => createRedis(bed.secret).keyspace(server, {});
    await eventually(ask).toEqual({ databases: [{ database: 0, keys: 1000, lasting: 1000 }], loaded: 1001, expired: 1 });
  });

  test('a server that cannot read it says so in its last words', async () => {
    await bed.master.command('EVAL', `redis.call('SELECT', 9) redis.call('SET', 'nine', 1)`, '0');
    await backups.snapshot(settings, node, folder);
    await backups.restore(settings, folder, 'snapshot');
    await expect(scratch.start(settings, folder, 4)).rejects.toMatchObject({
      type: 'scratch-server-failed',
      message: expect.stringContaining('databases') as string,
    });
  });
});

describe('the append-only file', () => {
  test('is copied whole while clients write and the server rewrites it, and nothing is changed for that', async () => {
    const before = await bed.master.command('CONFIG', 'GET', '*aof*');
    const writer = startWriter('w', bed.servers, bed.password);
    const over = new AbortController();
    const rewriting = (async () => {
      while (!over.signal.aborted) {
        await bed.master.command('BGREWRITEAOF').catch(() => undefined);
        await delay(betweenRewritesMs);
      }
    })();
    try {
      for (let round = 0; round < 5; round++) {
        const acknowledged = writer.acknowledged.length;
        expect(await backups.appendOnly(settings, node, folder)).toEqual({ isHeld: true });
        const keys = await keysOf('append-only');
        expect(keys).toBeGreaterThanOrEqual(1000 + acknowledged);
        await scratch.remove(folder);
        folder = await scratch.open(settings);
      }
    } finally {
      over.abort();
      await Promise.all([writer.stop(), rewriting]);
    }
    expect(writer.acknowledged.length).toBeGreaterThan(50);
    expect(await bed.master.command('CONFIG', 'GET', '*aof*')).toEqual(before);
  });

  test('that was just turned on again is waited for: until it is rewritten its manifest speaks of before', async () => {
    await bed.master.command('CONFIG', 'SET', 'appendonly', 'no');
    expect(await backups.appendOnly(settings, node, folder)).toEqual({ isHeld: false });
    await bed.master.command('EVAL', `for n = 1, 500 do redis.call('SET', 'later:' .. n, n) end`, '0');
    await bed.master.command('CONFIG', 'SET', 'rdb-key-save-delay', '1000');
    try {
      await bed.master.command('CONFIG', 'SET', 'appendonly', 'yes');
      expect(await backups.appendOnly(settings, node, folder)).toEqual({ isHeld: true });
    } finally {
      await bed.master.command('CONFIG', 'SET', 'rdb-key-save-delay', '0');
    }
    expect(await keysOf('append-only')).toBe(1500);
  });

  test('that is damaged on the server is not taken, and why is said', async () => {
    const home = join(bed.master.folder, 'appendonlydir');
    const newest = readdirSync(home).find((name) => name.endsWith('.incr.aof'))!;
    const good = readFileSync(join(home, newest));
    const bad = Buffer.from(good);
    bad[0]! ^= 1;
    writeFileSync(join(home, newest), bad);
    try {
      const { isHeld, why } = await backups.appendOnly(settings, node, folder);
      expect(isHeld).toBe(false);
      expect(why?.en).toMatch(/^The append-only file of a was not taken: redis-check-aof: .*incr\.aof is not valid/);
      expect(readdirSync(folder.files)).toEqual([]);
    } finally {
      writeFileSync(join(home, newest), good);
      await bed.master.command('BGREWRITEAOF');
    }
  });

  test('of a server that works in another folder is nobody else’s to copy', async () => {
    const elsewhere = { ...node, control: { ...node.control!, data: bed.scratch } };
    const { isHeld, why } = await backups.appendOnly(settings, elsewhere, folder);
    expect({ isHeld, why: why?.en }).toEqual({ isHeld: false, why: expect.stringContaining('its server works in') as string });
    const { control: _none, ...uncontrolled } = node;
    // Reached by a command it is on another machine, whatever its host says and however like the folder here is named.
    const carried: typeof node = { ...node, control: { ...node.control!, kind: 'command', run: ['ssh', 'a'] } };
    const others = [uncontrolled, { ...node, host: '192.0.2.1' }, carried];
    expect(await Promise.all([node, ...others].map((one) => backups.canRead(one)))).toEqual([true, false, false, false]);
    expect(await backups.appendOnly(settings, carried, folder)).toMatchObject({
      isHeld: false,
      why: { en: expect.stringContaining('a has no `control` of kind local') as string },
    });
  });
});

describe('the snapshot', () => {
  test('is taken as a login that may little more, whose password is on no command line', async () => {
    const said = join(folder.path, 'said');
    const bin = join(bed.folder, 'bin');
    mkdirSync(bin);
    for (const name of ['redis-cli', 'redis-check-rdb']) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho "$0 $@" >> ${said}\nexec /usr/bin/${name} "$@"\n`);
      chmodSync(join(bin, name), 0o755);
    }
    chmodSync(folder.path, 0o777);
    await bed.master.command(
      'ACL',
      'SETUSER',
      'okiagari',
      'on',
      '>canary-of-little',
      ...'+info +config|get +ping +sync +replconf'.split(' '),
    );
    const login = { user: 'okiagari', password: { env: 'X' } } as const;
    const little = createRedisBackups(() => 'canary-of-little');
    expect(await little.snapshot({ ...settings, login, backup: { ...settings.backup, bin } }, node, folder)).toMatchObject({
      snapshotKeys: 1000,
    });
    expect(readFileSync(said, 'utf8')).toMatch(/redis-cli .*--user okiagari --rdb/);
    expect(readFileSync(said, 'utf8')).not.toContain('canary');
    rmSync(bin, { recursive: true });

    await bed.master.command('ACL', 'SETUSER', 'okiagari', '-sync');
    await expect(little.snapshot({ ...settings, login }, node, folder)).rejects.toMatchObject({
      type: 'backup-tool-failed',
      message: expect.stringMatching(/NOPERM|permission/i) as string,
    });
    const wrong = createRedisBackups(() => 'canary-of-a-wrong-one');
    await expect(wrong.snapshot(settings, node, folder)).rejects.toMatchObject({
      type: 'database-refused',
      message: expect.not.stringContaining('canary') as string,
    });
  });

  test('of a server that freezes meanwhile is given up, not waited for', async () => {
    await bed.master.command('CONFIG', 'SET', 'repl-diskless-sync-delay', '3600');
    const taking = backups.snapshot(settings, node, folder).catch((error: unknown) => error);
    try {
      await eventually(async () => (await processesBelow(folder.path)).length).toBe(1);
      bed.master.signal('SIGSTOP');
      expect(await taking).toMatchObject({ type: 'database-refused', message: expect.stringContaining('no answer') as string });
      expect(await processesBelow(folder.path)).toEqual([]);
    } finally {
      bed.master.signal('SIGCONT');
      await bed.master.command('CONFIG', 'SET', 'repl-diskless-sync-delay', '0');
    }
  });

  test('is whole by its checksum: redis-check-rdb finds what redis-server would not load', async () => {
    await backups.snapshot(settings, node, folder);
    const file = join(folder.files, 'dump.rdb');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    await expect(backups.restore(settings, folder, 'snapshot')).rejects.toMatchObject({ type: 'backup-corrupt' });
    expect(() => execFileSync('/usr/bin/redis-check-rdb', [file], { stdio: 'pipe' })).toThrow();
  });
});
