/** A PostgreSQL server on this machine, looked at by its processes and its files. Needs /proc, and the rights of its owner or root. */
import { spawn } from 'node:child_process';
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { ControlSettings, NodeControl } from '../../activities/ports/node-control.ts';
import { isMissing } from '../files/inside.ts';
import { LogTailCounter } from './log-tail-counter.ts';

export const createLocalNode = (): NodeControl => ({
  async state({ data }) {
    const home = await realpath(data);
    const standby = await stat(join(home, 'standby.signal')).then(
      () => true,
      (error: unknown) => {
        if (isMissing(error)) return false;
        throw error;
      },
    );
    const states = await processStates(home);
    const processes = states.length === 0 ? 'gone' : states.some((state) => state === 'T') ? 'frozen' : 'running';
    return { processes, isStandby: standby };
  },

  async logAfter(control, timeline, position, signal) {
    const counter = new LogTailCounter(position);
    const args = ['-p', join(control.data, 'pg_wal'), '-t', String(timeline), '-s', position];
    const said = await readLines(control, 'pg_waldump', args, (line) => counter.take(line), signal);
    return counter.result(said);
  },
});

/** Every process of a server works in its data directory. Zombies have none. */
async function processStates(home: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const states = await Promise.all(
    pids.map(async (pid) => {
      try {
        if ((await readlink(`/proc/${pid}/cwd`)) !== home) return undefined;
        const text = await readFile(`/proc/${pid}/stat`, 'utf8');
        // The name of the program stands in parentheses and may hold anything.
        return /^\S+ \(postgres/.test(text) ? text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3) : undefined;
      } catch {
        return undefined; // gone between two looks, or not ours to see
      }
    }),
  );
  return states.filter((state) => state !== undefined);
}

/** Runs a program of PostgreSQL as the owner of the data directory, who alone may read it; answers its last words. */
async function readLines(
  { data, bin }: ControlSettings,
  program: string,
  args: readonly string[],
  take: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const { uid, gid } = await stat(data);
  const isRoot = process.getuid?.() === 0;
  const child = spawn(join(bin, program), args, {
    ...(isRoot && { uid, gid }),
    ...(signal && { signal }),
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-500)));
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  failed.catch(() => undefined);
  const closed = new Promise((resolve) => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) take(line);
  await Promise.race([closed, failed]);
  return said;
}
