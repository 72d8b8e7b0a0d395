/** Processes of this machine, found by the folder that they work in. Needs /proc, and the rights of their owner or root. */
import { readFileSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import process from 'node:process';
import { hasCode } from '../files/inside.ts';

export interface FoundProcess {
  readonly pid: number;
  /** Stopped where it was: no signal but SIGKILL reaches it, and woken it goes on. */
  readonly isFrozen: boolean;
}

/**
 * Those whose program has such a name, that work there or were started for it: PostgreSQL before 16 leaves its directory for a
 * moment at its start, to find out where its program lies (resolve_symlinks in exec.c). Zombies work nowhere. Throws where a
 * process of that name is not ours to look into: it may be the one, and one that is not seen must not pass for one that is gone.
 */
export async function processesIn(home: string, program: RegExp): Promise<FoundProcess[]> {
  return eachProcess(async (pid) => {
    // The kernel answers this from memory: a read that waits its turn takes many times as long, and there is one for each process.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in parentheses and may hold anything.
    const [from, to] = [text.indexOf('(') + 1, text.lastIndexOf(') ')];
    const state = text[to + 2]!;
    if (!program.test(text.slice(from, to)) || state === 'Z') return undefined;
    const isFrozen = state === 'T' || state === 't';
    const isThere = (await folderOf(pid)) === home || (await wordsOf(pid)).includes(home);
    return isThere ? { pid, isFrozen } : undefined;
  });
}

/** What `look` finds at each process; one that is gone between two looks is nothing. */
export async function eachProcess<T>(look: (pid: number) => Promise<T | undefined>): Promise<T[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map((pid) =>
      look(pid).catch((error: unknown) => {
        if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
        throw error;
      }),
    ),
  );
  return found.filter((one) => one !== undefined);
}

/** Where it works. */
export const folderOf = (pid: number): Promise<string> => readlink(`/proc/${pid}/cwd`);

/** How it was started, word by word. */
export const wordsOf = async (pid: number): Promise<string[]> => (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');

/** Twice is fine. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
