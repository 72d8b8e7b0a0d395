/** Who counts as a process of a PostgreSQL server, for nobody who writes in its directory may be missed; how they are ended, and that they run. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { endServer, serverProcesses } from '../../adapters/postgres/server-processes.ts';
import { startServer } from '../../adapters/postgres/start-server.ts';
import { stopServer } from '../../adapters/postgres/stop-server.ts';
import { createCommandRunner } from '../../adapters/process/run-command.ts';

let [folder, home] = ['', ''];
const started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-processes-'));
  home = mkdtempSync(join(folder, 'data-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    const gone = child.exitCode ?? child.signalCode ?? once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  rmSync(folder, { recursive: true });
});

const start = (program: string, cwd: string, ...words: string[]): Promise<number> => startWith('read', program, cwd, ...words);

async function startWith(script: string, program: string, cwd: string, ...words: string[]): Promise<number> {
  const path = join(folder, program);
  // A shell has the name that it is called by, and waits for its input.
  symlinkSync('/bin/bash', path);
  const child = spawn(path, ['-c', script, path, ...words], { cwd, stdio: ['pipe', 'ignore', 'ignore'] });
  started.push(child);
  await once(child, 'spawn');
  return child.pid!;
}

test('one that works there, and one that was started for it and is elsewhere for a moment', async () => {
  const there = await start('postgres', home);
  const elsewhere = await start('postgres-elsewhere', folder, '-D', home);
  const found = (await serverProcesses(home)).map(({ pid }) => pid);
  expect(new Set(found)).toEqual(new Set([there, elsewhere]));
});

test('not one of another directory, nor another program', async () => {
  await start('postgres', folder, '-D', `${home}-of-another`);
  await start('editor', home, home);
  expect(await serverProcesses(home)).toEqual([]);
});

const stopBy = (stop: string) =>
  stopServer(
    home,
    { kind: 'local', data: home, bin: '/nowhere', start: ['true'], stop: ['sh', '-c', stop] },
    createCommandRunner(),
  );

test('its service is told before any process is ended, also where there is none, and what goes on then is ended', async () => {
  const said = join(folder, 'said');
  const pid = await start('postgres', home);
  await stopBy(`kill -0 ${pid} && echo runs > ${said}`);
  expect([readFileSync(said, 'utf8'), await serverProcesses(home)]).toEqual(['runs\n', []]);
  await stopBy(`echo gone > ${said}`);
  expect(readFileSync(said, 'utf8')).toBe('gone\n');
});

test('one that is frozen is killed before its service is told, which would wake it', async () => {
  const written = join(folder, 'written');
  const size = (): number => statSync(written, { throwIfNoEntry: false })?.size ?? 0;
  const pid = await startWith(`while echo >> ${written}; do read -t 0.01; done`, 'postgres', home);
  await expect.poll(size).toBeGreaterThan(0);
  process.kill(pid, 'SIGSTOP');
  await expect.poll(() => serverProcesses(home)).toEqual([{ pid, isFrozen: true }]);
  const before = size();
  const wake = `kill -CONT ${pid}; while grep -q '^State:.[^ZX]' /proc/${pid}/status && [ $(wc -c < ${written}) = ${before} ]; do :; done`;
  await stopBy(`${wake}; true`);
  expect([size(), await serverProcesses(home)]).toEqual([before, []]);
});

test('a service that cannot be told is said to be one, and its processes are ended all the same', async () => {
  await start('postgres', home);
  await expect(stopBy('echo "Unit is not loaded." >&2; exit 5')).rejects.toThrow(/^sh -c .*: Unit is not loaded\.$/);
  expect(await serverProcesses(home)).toEqual([]);
});

test('a server that runs when its start has failed, or is no longer waited for, goes on; one that does not, has not started', async () => {
  const startBy = (script: string) =>
    startServer(home, { kind: 'local', data: home, bin: '/nowhere', start: ['sh', '-c', script] }, createCommandRunner());
  await expect(startBy('echo "Unit is not loaded." >&2; exit 5')).rejects.toThrow(/^sh -c .*: Unit is not loaded\.$/);
  symlinkSync('/bin/sleep', join(folder, 'postgres'));
  onTestFinished(() => endServer(home));
  const isUp = 'until grep -q postgres /proc/$!/comm; do :; done';
  await startBy(`cd ${home}; ${folder}/postgres 60 & echo $! > ${home}/postmaster.pid; ${isUp}; exit 1`);
  expect(await serverProcesses(home)).toHaveLength(1);
});
