/** Stopping and starting the agent with real processes. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { failureOf, makeWorld, target, type World } from './world.ts';

/** An agent that is a `sleep` with its pid in a file; its commands are tiny shell scripts. */
async function withAgent(change: Record<string, string[]> = {}): Promise<World & { pidFile: string; isUp: () => boolean }> {
  const settings: Record<string, unknown> = { agent: {} };
  const world = await makeWorld({
    settings: { agent: { running: ['true'], stop: ['true'], start: ['true'] } },
    wrap: (ports) => ({
      ...ports,
      inventory: () => ({ ...ports.inventory(), targets: ports.inventory().targets.map((one) => ({ ...one, ...settings })) }),
    }),
  });
  const pidFile = join(world.folder, 'agent.pid');
  settings['agent'] = {
    running: ['sh', '-c', `test -f ${pidFile} && kill -0 $(cat ${pidFile}) 2>/dev/null`],
    stop: ['sh', '-c', `kill $(cat ${pidFile})`],
    start: ['sh', '-c', `sleep 300 & echo $! > ${pidFile}`],
    ...change,
  };
  const pid = (): number => Number(readFileSync(pidFile, 'utf8'));
  const isUp = (): boolean => {
    try {
      return existsSync(pidFile) && process.kill(pid(), 0);
    } catch {
      return false;
    }
  };
  onTestFinished(() => void (isUp() && process.kill(pid(), 'SIGKILL')));
  return { ...world, pidFile, isUp };
}

const bringUp = (pidFile: string): void => {
  const child = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
  child.unref();
  writeFileSync(pidFile, String(child.pid));
};

test('a running agent is stopped, and a second stop finds it stopped', async () => {
  const world = await withAgent();
  bringUp(world.pidFile);
  expect(await world.tools.stopAgent({ target })).toEqual({ wasRunning: true });
  expect(world.isUp()).toBe(false);
  expect(await world.tools.stopAgent({ target })).toEqual({ wasRunning: false });
});

test('an agent is started, lives on after its command, and a second start leaves it alone', async () => {
  const world = await withAgent();
  expect(await world.tools.startAgent({ target })).toEqual({ wasRunning: false });
  expect(world.isUp()).toBe(true);
  const pid = readFileSync(world.pidFile, 'utf8');
  expect(await world.tools.startAgent({ target })).toEqual({ wasRunning: true });
  expect(readFileSync(world.pidFile, 'utf8')).toBe(pid);
});

test('two attempts at once start it once: the second waits for the first', async () => {
  const world = await withAgent();
  const attempts = await Promise.all([world.tools.startAgent({ target }), world.tools.startAgent({ target })]);
  expect(attempts).toEqual([{ wasRunning: false }, { wasRunning: true }]);
});

test('stop waits until the agent is really gone', async () => {
  const world = await withAgent();
  const late = join(world.folder, 'late');
  const slow = await withAgent({
    stop: ['sh', '-c', `(sleep 0.6; kill $(cat ${world.pidFile}); touch ${late}) >/dev/null 2>&1 &`],
    running: ['sh', '-c', `kill -0 $(cat ${world.pidFile}) 2>/dev/null`],
  });
  bringUp(world.pidFile);
  expect(await slow.tools.stopAgent({ target })).toEqual({ wasRunning: true });
  expect(world.isUp()).toBe(false);
});

test('an agent that does not stop is an error after the wait', { timeout: 30_000 }, async () => {
  const world = await withAgent({ running: ['true'], stop: ['true'] });
  const failure = await failureOf(world.tools.stopAgent({ target }));
  expect(failure.code).toBe('agent-command-failed');
  expect(failure.message).toBe('The agent still runs 8 s after true.');
});

test('a command that fails is named with its exit code and what it said', async () => {
  const world = await withAgent({ running: ['true'], stop: ['sh', '-c', 'echo Access denied >&2; exit 4'] });
  const failure = await failureOf(world.tools.stopAgent({ target }));
  expect(failure.code).toBe('agent-command-failed');
  expect(failure.message).toBe('sh -c echo Access denied >&2; exit 4 ended with 4: Access denied');
});

test('a command that is not there never passes for a stopped agent', async () => {
  const missing = await withAgent({ running: ['okiagari-no-such-program'] });
  expect((await failureOf(missing.tools.stopAgent({ target }))).message).toContain('was not found');
  const inShell = await withAgent({ running: ['sh', '-c', 'okiagari-no-such-program'] });
  expect((await failureOf(inShell.tools.stopAgent({ target }))).code).toBe('agent-command-failed');
});

test('arguments are arguments: no shell reads them', async () => {
  const world = await withAgent({ running: ['test', '-f', '/nowhere; true'] });
  expect(await world.tools.stopAgent({ target })).toEqual({ wasRunning: false });
});

test('where no agent is declared there is nothing to do', async () => {
  for (const settings of [{ agent: 'none' }, {}]) {
    const world = await makeWorld({ settings });
    expect(await world.tools.stopAgent({ target })).toEqual({ wasRunning: false });
    expect(await world.tools.startAgent({ target })).toEqual({ wasRunning: false });
  }
});
