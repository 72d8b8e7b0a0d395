/** One supervisor for each data folder: two Temporal servers on one database would damage it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { BootError } from './boot-error.ts';

/** Takes the folder; answers how to give it back. Throws BootError while another one that lives has it. */
export function claimFolder(data: string): () => void {
  mkdirSync(data, { recursive: true });
  const file = join(data, 'supervisor.pid');
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(readFileSync(file, 'utf8'));
      if (isSupervisor(holder)) {
        throw new BootError(
          `Okiagari already runs on the data folder ${data} (process ${holder}).\nStop that one, or choose another folder with OKIAGARI_DATA.`,
        );
      }
      rmSync(file, { force: true });
    }
  }
}

/** After a crash the number may belong to any other program. */
function isSupervisor(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.ts');
  } catch {
    return true; // no /proc here: a living process counts
  }
}
