/** Commands of the inventory: bounded, without a shell, without our secrets. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCommandRunner } from '../../adapters/process/run-command.ts';
import { isAlive } from '../support/processes.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'command-'))));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});
const run = (argv: string[], timeoutMs = 5_000) => createCommandRunner().run(argv, { timeoutMs });

test('answers the exit code and the beginning of what was said on standard error', async () => {
  expect(await run(['sh', '-c', 'echo heard; echo warned >&2; exit 3'])).toEqual({
    exitCode: 3,
    ended: 'exited',
    stderr: 'warned\n',
  });
  const { stderr } = await run(['sh', '-c', 'yes long | head -c 100000 >&2']);
  expect(stderr).toHaveLength(2_000);
});

test('a program that is not there, or is none, is told apart from one that failed', async () => {
  expect(await run(['okiagari-no-such-program'])).toMatchObject({ exitCode: null, ended: 'not-found' });
  expect(await run(['/etc/passwd'])).toMatchObject({ exitCode: null, ended: 'not-allowed' });
});

test('at its time limit the command and all that it started are killed', async () => {
  const mark = join(folder, 'pid');
  const started = performance.now();
  const grandchild = `sh -c 'echo $$ > ${mark}; exec sleep 30'`;
  expect(await run(['sh', '-c', `${grandchild} & wait`], 500)).toMatchObject({ exitCode: null, ended: 'timed-out' });
  expect(performance.now() - started).toBeLessThan(10_000);
  const pid = Number(readFileSync(mark, 'utf8'));
  expect(pid).toBeGreaterThan(1);
  await vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5_000 });
});

test('what a command leaves in the background lives on and does not hold it', async () => {
  const mark = join(folder, 'lives');
  expect(await run(['sh', '-c', `(sleep 2; touch ${mark}) & exit 0`])).toMatchObject({ exitCode: 0 });
  expect(existsSync(mark)).toBe(false);
  await vi.waitFor(() => expect(existsSync(mark)).toBe(true), { timeout: 10_000 });
});

test('an aborted command is killed', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  expect(await createCommandRunner().run(['sleep', '30'], { timeoutMs: 30_000, signal: stop.signal })).toMatchObject({
    ended: 'killed',
  });
});

test('a command that was aborted before does not begin', async () => {
  const mark = join(folder, 'begun');
  const options = { timeoutMs: 5_000, signal: AbortSignal.abort() };
  expect(await createCommandRunner().run(['sh', '-c', `> ${mark}`], options)).toMatchObject({ exitCode: null, ended: 'killed' });
  expect(existsSync(mark)).toBe(false);
});

test('a command that is killed by somebody else has no exit code', async () => {
  expect(await run(['sh', '-c', 'kill -9 $$'])).toMatchObject({ exitCode: null, ended: 'killed' });
});

test('our own environment, where secrets live, is not handed on', async () => {
  vi.stubEnv('TOKEN_HANA', 'canary');
  const seen = join(folder, 'env');
  await run(['sh', '-c', `env > ${seen}`]);
  expect(readFileSync(seen, 'utf8')).not.toContain('canary');
  expect(readFileSync(seen, 'utf8')).toContain('PATH=');
  await createCommandRunner({ PATH: '/usr/bin:/bin', ALLOWED: 'yes' }).run(['sh', '-c', `env > ${seen}`], { timeoutMs: 5_000 });
  expect(readFileSync(seen, 'utf8')).toContain('ALLOWED=yes');
});
