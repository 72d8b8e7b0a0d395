/** The processes of a PostgreSQL server on this machine, and how they are ended. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isMissing } from '../files/inside.ts';
import { eachProcess, processesIn, send, wordsOf, type FoundProcess } from '../machine/processes.ts';

/** A server and its children, in the data directory that is its home. */
export const serverProcesses = (home: string): Promise<FoundProcess[]> => processesIn(home, /^postgres/);

/** What the server wrote when it started: its process and its port; undefined without the file. It stays where a server was killed. */
export async function readPidFile(home: string): Promise<{ readonly pid: number; readonly port: number } | undefined> {
  try {
    const lines = (await readFile(join(home, 'postmaster.pid'), 'utf8')).split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The one that starts all others; undefined where it is gone. */
export async function postmasterOf(home: string): Promise<FoundProcess | undefined> {
  const [file, processes] = [await readPidFile(home), await serverProcesses(home)];
  return processes.find(({ pid }) => pid === file?.pid);
}

/** How long each way to end it may take: to say good-bye to its standbys, to drop everything, to be dropped. */
const patienceMs = { SIGINT: 10_000, SIGQUIT: 2_000, SIGKILL: 10_000 } as const;
const lookEveryMs = 10;

/** First the one that would start others anew. Nobody is woken. */
export async function killServer(home: string): Promise<void> {
  const [postmaster, processes] = [await postmasterOf(home), await serverProcesses(home)];
  for (const { pid } of [...(postmaster ? [postmaster] : []), ...processes]) send(pid, 'SIGKILL');
}

/** Ends them all, as gently as they let us. One that is frozen is never woken: what it would do first is write. Twice is fine. */
export async function endServer(home: string, signal?: AbortSignal): Promise<void> {
  for (const [way, ms] of Object.entries(patienceMs)) {
    const processes = await serverProcesses(home);
    if (processes.length === 0) return;
    const postmaster = await postmasterOf(home);
    if (way === 'SIGKILL') {
      await killServer(home);
    } else if (postmaster === undefined || processes.some(({ isFrozen }) => isFrozen)) {
      continue;
    } else {
      send(postmaster.pid, way as keyof typeof patienceMs);
    }
    if (await untilGone(home, ms, signal)) return;
  }
  throw new Error(`processes of ${home} remain`);
}

/**
 * Ends programs that a worker of ours left at work on a data directory when it died: they hold its path, and would go on writing
 * into whatever takes its place.
 */
export async function endPrograms(home: string, programs: readonly string[]): Promise<void> {
  const find = (): Promise<number[]> =>
    eachProcess(async (pid) => {
      const words = await wordsOf(pid);
      return programs.includes(basename(words[0]!)) && words.some((word) => word.startsWith(home)) ? pid : undefined;
    });
  const until = performance.now() + patienceMs.SIGKILL;
  for (let pids = await find(); pids.length > 0; pids = await find()) {
    if (performance.now() > until) throw new Error(`${programs.join(', ')} does not end on ${home}`);
    for (const pid of pids) send(pid, 'SIGKILL');
    await delay(lookEveryMs);
  }
}

async function untilGone(home: string, ms: number, signal?: AbortSignal): Promise<boolean> {
  const until = performance.now() + ms;
  while ((await serverProcesses(home)).length > 0) {
    if (performance.now() > until) return false;
    await delay(lookEveryMs, undefined, { ...(signal && { signal }) });
  }
  return true;
}
