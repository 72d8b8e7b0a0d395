/** A supervised process comes back when it dies, and goes when it is told to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { superviseChild, type Child, type Death } from '../../cli/supervisor/child.ts';
import { isAlive } from '../support/processes.ts';

const running: Child[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(running.splice(0).map((child) => child.stop(100)));
});

function supervise(script: string, command = process.execPath) {
  const lines: string[] = [];
  const deaths: Death[] = [];
  const child = superviseChild({
    name: 'child',
    command,
    args: ['-e', script],
    env: process.env,
    onLine: (line) => lines.push(line),
    onDeath: (death) => deaths.push(death),
  });
  running.push(child);
  return { child, lines, deaths };
}

const lives = 'console.log(process.pid); setInterval(() => {}, 1000);';
const until = (check: () => unknown) => expect.poll(check, { timeout: 15_000, interval: 10 });

test('a killed child is back within half a second, and it is told why', async () => {
  const { child, lines, deaths } = supervise(lives);
  await until(() => lines.length).toBe(1);
  const killed = child.pid!;
  process.kill(killed, 'SIGKILL');
  await until(() => lines.length).toBe(2);
  expect(deaths).toEqual([{ why: 'was ended by SIGKILL', againInMs: 50, inARow: 1 }]);
  expect(child.pid).not.toBe(killed);
  expect(isAlive(killed)).toBe(false);
});

test('one that dies at once again and again is given longer pauses', async () => {
  const { deaths } = supervise('process.exit(3)');
  await until(() => deaths.length).toBeGreaterThanOrEqual(4);
  expect(deaths.slice(0, 4)).toEqual([
    { why: 'ended with exit code 3', againInMs: 50, inARow: 1 },
    { why: 'ended with exit code 3', againInMs: 50, inARow: 2 },
    { why: 'ended with exit code 3', againInMs: 200, inARow: 3 },
    { why: 'ended with exit code 3', againInMs: 800, inARow: 4 },
  ]);
});

test('a program that is not there is a death with a reason, not a crash of the supervisor', async () => {
  const { deaths } = supervise('', '/nowhere/at/all');
  await until(() => deaths.length).toBeGreaterThanOrEqual(1);
  expect(deaths[0]!.why).toMatch(/could not be started|exit code 12[67]/);
});

test('stopping lets it end by itself, and it does not come back', async () => {
  const { child, lines, deaths } = supervise(`process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); ${lives}`);
  await until(() => lines.length).toBe(1);
  const { pid } = child;
  await child.stop(10_000);
  await until(() => lines.at(-1)).toBe('bye');
  expect(isAlive(pid!)).toBe(false);
  expect(deaths).toEqual([]);
});

test('one that does not listen is killed after the limit', async () => {
  const { child, lines } = supervise(`process.on('SIGTERM', () => {}); ${lives}`);
  await until(() => lines.length).toBe(1);
  const { pid } = child;
  await child.stop(50);
  expect(isAlive(pid!)).toBe(false);
});

test('one that is stopped while it waits for its next start stays down', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { child, deaths } = supervise('process.exit(3)');
  await until(() => deaths.length).toBe(1);
  expect(vi.getTimerCount()).toBe(1);
  await child.stop(1_000);
  expect(vi.getTimerCount()).toBe(0);
  expect(child.pid).toBeUndefined();
});

test('when the supervisor is killed its child goes too, and holds no port', async () => {
  const module = fileURLToPath(new URL('../../cli/supervisor/child.ts', import.meta.url));
  const script = `
    import { superviseChild } from ${JSON.stringify(module)};
    superviseChild({ name: 'x', command: process.execPath, args: ['-e', ${JSON.stringify(lives)}], env: process.env, onLine: console.log, onDeath() {} });
  `;
  const supervisor = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const [first] = (await once(supervisor.stdout, 'data')) as [Buffer];
  const pid = Number(first.toString());
  expect(isAlive(pid)).toBe(true);
  supervisor.kill('SIGKILL');
  await until(() => isAlive(pid)).toBe(false);
});
