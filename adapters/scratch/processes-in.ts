/** The processes that work in a folder or below it, and their end. Needs /proc. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from '../files/inside.ts';
import { send } from '../machine/processes.ts';

/** Those that are not ours to look into are not ours to end either. */
export async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      try {
        const at = await readlink(`/proc/${pid}/cwd`);
        return at === folder || at.startsWith(`${folder}/`) ? [Number(pid)] : [];
      } catch (error) {
        if (hasCode(error, 'ENOENT', 'ESRCH', 'EACCES')) return [];
        throw error;
      }
    }),
  );
  return found.flat().filter((pid) => pid !== process.pid);
}

/** Whatever is left then gets no choice. */
const courtesyMs = 2_000;

export async function endProcessesIn(folder: string): Promise<void> {
  const from = performance.now();
  for (let pids = await processesIn(folder); pids.length > 0; pids = await processesIn(folder)) {
    const isPatient = performance.now() - from < courtesyMs;
    for (const pid of pids) {
      send(pid, isPatient ? await politeSignal(pid) : 'SIGKILL');
      // A frozen one hears nothing before it is woken.
      send(pid, 'SIGCONT');
    }
    await delay(20);
  }
}

/** To PostgreSQL SIGQUIT is the order to go at once with all its children; others would leave their memory in a file. */
async function politeSignal(pid: number): Promise<NodeJS.Signals> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
  return name.startsWith('postgres') ? 'SIGQUIT' : 'SIGTERM';
}
