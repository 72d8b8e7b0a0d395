/** How busy this machine is: figures that make sense, the busy process on top, and no argument of anybody. */
import { spawn, type ChildProcess } from 'node:child_process';
import process from 'node:process';
import { tmpdir, totalmem } from 'node:os';
import { afterEach, expect, test, vi } from 'vitest';
import { createMachineLoad } from '../../adapters/machine/machine-load.ts';

const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));
const machine = createMachineLoad();

test('figures lie within what can be', async () => {
  const load = await machine.readLoad(tmpdir(), { watchMs: 100, most: 10 });
  expect(load.cores).toBeGreaterThan(0);
  expect(load.busyShare).toBeGreaterThanOrEqual(0);
  expect(load.busyShare).toBeLessThanOrEqual(1);
  expect(Math.abs(load.memoryBytes - totalmem())).toBeLessThan(totalmem() * 0.02);
  expect(load.memoryFreeBytes).toBeLessThan(load.memoryBytes);
  expect(load.diskFreeBytes).toBeLessThanOrEqual(load.diskBytes);
  expect(load.heaviest.length).toBeLessThanOrEqual(10);
});

test('a process that works is among the heaviest by its name; what it was told stays with it', async () => {
  const child = spawn(process.execPath, ['-e', 'for (;;);', 'password-of-hana'], { stdio: 'ignore' });
  started.push(child);
  await vi.waitFor(
    async () => {
      const load = await machine.readLoad(tmpdir(), { watchMs: 200, most: 10 });
      const found = load.heaviest.find(({ pid }) => pid === child.pid);
      expect(found?.cores).toBeGreaterThan(0.1);
      expect(found?.memoryBytes).toBeGreaterThan(1e6);
      expect(found?.name).toMatch(/node|MainThread/i);
      expect(JSON.stringify(load)).not.toContain('hana');
    },
    { timeout: 20_000 },
  );
  const { heaviest } = await machine.readLoad(tmpdir(), { watchMs: 50, most: 3 });
  expect(heaviest).toHaveLength(3);
  expect(heaviest.map(({ cores }) => cores)).toEqual(heaviest.map(({ cores }) => cores).toSorted((a, b) => b - a));
});

test('what a process did before it was watched does not count', async () => {
  while (process.cpuUsage().user < 2e6) Math.sqrt(process.cpuUsage().user);
  const load = await machine.readLoad(tmpdir(), { watchMs: 200, most: 10_000 });
  expect(load.heaviest.some(({ pid }) => pid === process.pid)).toBe(true);
  expect(Math.max(...load.heaviest.map(({ cores }) => cores))).toBeLessThan(load.cores + 0.5);
});

test('a root that is not there is no machine that is full', async () => {
  await expect(machine.readLoad('/no/such/root', { watchMs: 10, most: 1 })).rejects.toMatchObject({ code: 'ENOENT' });
});
