/** What the reporter of `npm test` says of tests that fail, at once, and of those that pass when asked once more, at the end. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const project = fileURLToPath(new URL('../..', import.meta.url));

test('a fault is told with its test, and what passed only the second time is named at the end', async () => {
  const told = await runOf(`
    let asked = 0;
    test('steady', () => {});
    test('unsteady', () => { if (asked++ === 0) throw new Error('not yet'); });
    test('broken', () => { throw new Error('never'); });
    test('other', () => { expect(['one']).toEqual(['two']); });
  `);
  expect(told).toMatch(/^Passed when asked once more: faults\.test\.js > unsteady\nError: not yet\n/m);
  expect(told).toMatch(/^Failed: faults\.test\.js > broken\nError: never\n/m);
  expect(told).toMatch(/> other\nAssertionError: [^]*-\s+"two"[^]*\+\s+"one"/);
  expect(told).not.toContain('> steady');
  expect(told).toMatch(/^Passed only when asked once more, .*: faults\.test\.js > unsteady\n$/m);
});

async function runOf(tests: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'okiagari-faults-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await writeFile(join(root, 'faults.test.js'), tests);
  const reporter = join(project, 'scripts/fault-reporter.mjs');
  const args = [join(project, 'node_modules/vitest/vitest.mjs'), 'run', '--globals', '--retry=1', `--root=${root}`];
  return new Promise((resolve) => {
    execFile(process.execPath, [...args, `--reporter=${reporter}`], (_, stdout) => resolve(stdout));
  });
}
