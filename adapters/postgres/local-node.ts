/** A PostgreSQL server on this machine, looked at by its processes and its files. Needs /proc, and the rights of its owner or root. */
import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { ControlSettings, NodeControl } from '../../activities/ports/node-control.ts';
import { hasCode, isMissing } from '../files/inside.ts';
import { LogTailCounter } from './log-tail-counter.ts';

export const createLocalNode = (): NodeControl => ({
  async state({ host, port, control: { data } }) {
    if (!(await isThisMachine(host))) throw new Error(`${host} is not this machine`);
    const home = await realpath(data);
    const other = await otherPort(home, port);
    if (other !== undefined) throw new Error(`the server of ${data} has port ${other}, not ${port}`);
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

/** A folder of that name is on every database host: what is said of it holds for the node only where the node is. */
async function isThisMachine(host: string): Promise<boolean> {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
  const addresses = await lookup(host, { all: true });
  return addresses.some(({ address }) => own.includes(address) || address.startsWith('127.'));
}

/** A running server, and one that was killed, has its port in the fourth line of this file. */
async function otherPort(home: string, port: number): Promise<number | undefined> {
  try {
    const own = Number((await readFile(join(home, 'postmaster.pid'), 'utf8')).split('\n')[3]);
    return Number.isInteger(own) && own > 0 && own !== port ? own : undefined;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Every process of a server works in its data directory. Zombies have none. Throws where a server's process is not ours to
 * look into: it may be this one, and one that is not seen must not pass for one that is gone.
 */
async function processStates(home: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const states = await Promise.all(
    pids.map(async (pid) => {
      try {
        const text = await readFile(`/proc/${pid}/stat`, 'utf8');
        // The name of the program stands in parentheses and may hold anything.
        const rest = text.lastIndexOf(') ') + 2;
        if (!/^\d+ \(postgres/.test(text) || text[rest] === 'Z') return undefined;
        return (await readlink(`/proc/${pid}/cwd`)) === home ? text[rest] : undefined;
      } catch (error) {
        if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined; // gone between two looks
        throw error;
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
