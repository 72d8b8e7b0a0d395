/** Who counts as a process of a PostgreSQL server: nobody who writes in its directory may be missed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serverProcesses } from '../../adapters/postgres/server-processes.ts';

let [folder, home] = ['', ''];
const started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-processes-'));
  home = mkdtempSync(join(folder, 'data-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true });
});

async function start(program: string, cwd: string, ...words: string[]): Promise<number> {
  const path = join(folder, program);
  // A shell has the name that it is called by, and waits for its input.
  symlinkSync('/bin/bash', path);
  const child = spawn(path, ['-c', 'read', path, ...words], { cwd, stdio: ['pipe', 'ignore', 'ignore'] });
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
