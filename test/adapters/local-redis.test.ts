/** A Redis server by its processes and files: what is gone, what is killed, and what the checks say of damage. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createCommandRunner } from '../../adapters/process/run-command.ts';
import { createLocalRedis } from '../../adapters/redis/local-redis.ts';
import { nobody } from '../../domain/redis/following.ts';
import { startRedisServers, type TestRedis, type TestRedisServers } from '../support/redis/server.ts';

let redis: TestRedisServers;
let a: TestRedis;
beforeAll(async () => {
  redis = await startRedisServers({ replicas: 1 });
  a = redis.servers[0]!;
});
afterAll(() => redis.stop());

const local = createLocalRedis(createCommandRunner());
const control = () => ({ ...a.control, bin: '/usr/bin', start: [...a.control.start] });
const node = (more: object = {}) => ({ host: '127.0.0.1', port: a.port, control: { ...control(), ...more } });

test('what is said of a folder holds only on this machine, for a server of that port, and for one who may look', async () => {
  expect(await local.look(node())).toBe('running');
  // An address for documents (RFC 5737), which no machine has.
  await expect(local.look({ ...node(), host: '192.0.2.1' })).rejects.toThrow('192.0.2.1 is not this machine');
  await expect(local.look({ ...node(), port: 1 })).rejects.toThrow(`has port ${a.port}, not 1`);
  process.seteuid!(65_534);
  try {
    await expect(local.look(node())).rejects.toThrow('EACCES');
  } finally {
    process.seteuid!(0);
  }
});

test('one that speaks TLS on a second port, which it does not show, is known by its configuration', async () => {
  const config = join(a.folder, 'both.conf');
  writeFileSync(config, 'port 1\ntls-port 16379\n');
  const secured = { ...node(), port: 16_379, control: { ...control(), config } };
  expect(await local.look(secured)).toBe('running');
  writeFileSync(config, 'port 1\n# tls-port 16379\n');
  await expect(local.look(secured)).rejects.toThrow(`has port ${a.port}, not 16379`);
  rmSync(config);
});

test('whom it follows is written into its configuration with owner and mode kept, and comes out again without a trace', async () => {
  const before = [readFileSync(a.control.config, 'utf8'), statSync(a.control.config)] as const;
  await local.setFollowing(node(), nobody);
  await local.setFollowing(node(), nobody);
  expect(await local.readFollowing(node())).toBe('127.0.0.1 1');
  const { mode, uid, gid } = statSync(a.control.config);
  expect({ mode, uid, gid }).toEqual({ mode: before[1].mode, uid: before[1].uid, gid: before[1].gid });
  await local.clearFollowing(node());
  expect(readFileSync(a.control.config, 'utf8')).toBe(before[0]);
});

test('its snapshot and its append-only file are found, and damage is told by them', async () => {
  await a.command('SET', 'lpr:1', 'x'.repeat(1_000));
  await a.command('SAVE');
  const files = await local.listFiles(node());
  expect(files).toEqual(
    ['1.base.rdb', '1.incr.aof', 'manifest'].map((end) => `appendonlydir/appendonly.aof.${end}`).concat('dump.rdb'),
  );
  const check = async (file: string) => (await local.readIntegrity(node(), file))?.exitCode;
  expect([await check('dump.rdb'), await check(files[2]!)]).toEqual([0, 0]);
  truncateSync(join(a.folder, 'dump.rdb'), 40);
  writeFileSync(join(a.folder, files[1]!), '*3\r\n$3\r\nSET\r\n$1\r\na', { flag: 'a' });
  expect([await check('dump.rdb'), await check(files[2]!)]).toEqual([1, 1]);
  expect(await local.readIntegrity(node({ bin: '/nowhere' }), 'dump.rdb')).toBeUndefined();
});

test('a copy of its files that broke off is made anew, one that is whole is left as it is', async () => {
  const into = { root: `${a.folder}.kept`, path: 'cache~1/a' };
  const copy = join(into.root, into.path);
  mkdirSync(copy, { recursive: true });
  writeFileSync(join(copy, 'dump.rdb'), 'half of it');
  await local.keepFiles(node(), into);
  expect(readFileSync(join(copy, 'dump.rdb'))).toEqual(readFileSync(join(a.folder, 'dump.rdb')));
  const { files } = JSON.parse(readFileSync(join(copy, 'whole.json'), 'utf8')) as { files: { path: string; sha256: string }[] };
  expect(files.map(({ path }) => path)).toEqual(await local.listFiles(node()));
  await a.command('SET', 'lpr:2', 'x');
  await a.command('SAVE');
  await local.keepFiles(node(), into);
  expect(readFileSync(join(copy, 'dump.rdb'))).not.toEqual(readFileSync(join(a.folder, 'dump.rdb')));
  rmSync(into.root, { recursive: true });
});

test('one that is started again at once is killed for good by whoever tells its service, and else said to be', async () => {
  const folder = join(a.folder, 'again');
  mkdirSync(folder);
  copyFileSync('/bin/sleep', join(folder, 'redis-server'));
  const service = spawn('sh', ['-c', 'while :; do ./redis-server 60; done'], { cwd: folder, stdio: 'ignore' });
  const away = once(service, 'exit');
  onTestFinished(() => void service.kill('SIGKILL'));
  const again = (stop?: string[]) => node({ data: folder, ...(stop && { stop }) });
  await expect.poll(() => local.look(again())).toBe('running');
  const killed = () => local.kill(again()).then(() => 'killed', String);
  // Its ten seconds are over when it looks for the second time.
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 11_000));
  await expect.poll(killed, { interval: 0 }).toContain(`the server of ${folder} is started again and again`);
  clock.mockRestore();
  await expect(local.kill(again(['sh', '-c', `kill -9 ${service.pid}; echo so so >&2; exit 5`]))).rejects.toThrow(
    /^sh -c .*: so so$/,
  );
  await away;
  expect(await local.look(again())).toBe('gone');
  await local.kill(again(['true']));
});

test('a frozen one is killed before its service is told, which would wake it, and is gone then; twice is fine', async () => {
  const [, pid] = /process_id:(\d+)/.exec(String(await a.command('INFO', 'server')))!;
  const said = join(a.folder, 'said');
  a.signal('SIGSTOP');
  await expect.poll(() => local.look(node())).toBe('frozen');
  await local.kill(node({ stop: ['sh', '-c', `(grep State: /proc/${pid}/status || echo gone) > ${said}`] }));
  expect(readFileSync(said, 'utf8')).not.toContain('stopped');
  expect(await local.look(node())).toBe('gone');
  await local.kill(node());
  expect(
    await local.look({ ...node(), port: redis.servers[1]!.port, control: { ...control(), data: redis.servers[1]!.folder } }),
  ).toBe('running');
});
