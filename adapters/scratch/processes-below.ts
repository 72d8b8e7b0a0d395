/** The processes that work in a folder or below it, and their end. Needs /proc. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from '../files/inside.ts';
import { eachProcess, folderOf, send } from '../machine/processes.ts';

/** Those that are not ours to look into are not ours to end either. */
export const processesBelow = (folder: string): Promise<number[]> =>
  eachProcess(async (pid) => {
    const at = await folderOf(pid).catch((error: unknown) => {
      if (hasCode(error, 'EACCES')) return '';
      throw error;
    });
    return pid !== process.pid && `${at}/`.startsWith(`${folder}/`) ? pid : undefined;
  });

/** Whatever is left then gets no choice. */
const courtesyMs = 2_000;

export async function endProcessesBelow(folder: string): Promise<void> {
  const from = performance.now();
  for (let pids = await processesBelow(folder); pids.length > 0; pids = await processesBelow(folder)) {
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
