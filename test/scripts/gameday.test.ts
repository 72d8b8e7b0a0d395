/** The gameday: passes on a sound system, fails on a store that is not what it was, and leaves nothing behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { damage, differences, takeSnapshot } from '../../scripts/gameday/store.ts';
import { processesOf } from '../support/processes.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-gameday-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function play() {
  const script = fileURLToPath(new URL('../../scripts/gameday.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { cwd: folder, env: { ...process.env, TMPDIR: folder } });
  const run = { child, said: '', ended: once(child, 'close').then(([code]) => code as number | null) };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (run.said += chunk.toString()));
  return run;
}

test('passes within 30 s, with nobody at the keyboard, and leaves no file and no process', async () => {
  const begin = Date.now();
  const run = play();
  expect(await run.ended, run.said).toBe(0);
  expect(Date.now() - begin).toBeLessThan(30_000);
  for (const words of ['verified by a restore test', 'gate approved', 'all 13 files are what they were']) {
    expect(run.said).toContain(words);
  }
  expect(run.said.trimEnd().split('\n').at(-1)).toMatch(/^gameday passed in/);
  expect(readdirSync(folder)).toEqual([]);
  expect(processesOf(folder)).toEqual([]);
});

test('stopped in the middle it says so, fails, and leaves nothing either', async () => {
  const run = play();
  await expect.poll(() => run.said, { timeout: 30_000 }).toContain('up after');
  run.child.kill('SIGTERM');
  expect(await run.ended).toBe(1);
  expect(run.said).toContain('stopped by SIGTERM');
  expect(readdirSync(folder)).toEqual([]);
  expect(processesOf(folder)).toEqual([]);
});

function makeStore(): string {
  const tools = join(folder, 'store/.pi/tools');
  mkdirSync(tools, { recursive: true });
  for (let n = 0; n < 12; n++) writeFileSync(join(tools, `dt_${String(n).padStart(2, '0')}.json`), `{"tool":${n}}`);
  return join(folder, 'store');
}

test('the damage makes the plan both add and overwrite, and is seen file by file', () => {
  const root = makeStore();
  const before = takeSnapshot(root);
  const { deleted, truncated } = damage(root);
  expect([deleted.length, truncated.length]).toEqual([4, 2]);
  expect(differences(before, takeSnapshot(root))).toHaveLength(6);
});

test('a changed byte, a changed mode, a missing and an extra file are each a difference; nothing else is', () => {
  const root = makeStore();
  const before = takeSnapshot(root);
  expect(differences(before, takeSnapshot(root))).toEqual([]);
  const tool = (n: string): string => join(root, `.pi/tools/dt_${n}.json`);
  writeFileSync(tool('00'), readFileSync(tool('00'), 'utf8').replace('0', '1'));
  chmodSync(tool('01'), 0o600);
  rmSync(tool('02'));
  writeFileSync(join(root, '.pi/extra'), '');
  expect(differences(before, takeSnapshot(root)).map((line) => line.split(' ', 1)[0])).toEqual([
    '.pi/tools/dt_02.json',
    '.pi/extra',
    '.pi/tools/dt_00.json',
    '.pi/tools/dt_01.json',
  ]);
});
