/** Stops a whole server where it stands, as a machine does that hangs: a stopped postmaster alone leaves its sessions at work. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { TestServer } from './server.ts';

type Home = Pick<TestServer, 'folder'>;

/** The postmaster first, whose id is answered: then no session is born unseen. */
export function freezeServer(server: Home): { readonly pid: number } {
  const pid = postmasterOf(server);
  process.kill(pid, 'SIGSTOP');
  for (const one of sessionsOf(server)) process.kill(one, 'SIGSTOP');
  return { pid };
}

export function thawServer(server: Home): void {
  for (const pid of [...sessionsOf(server), postmasterOf(server)]) process.kill(pid, 'SIGCONT');
}

/** As a machine dies: nobody says good-bye to anybody. Nothing to do where no server runs. */
export function killServer(server: Home): void {
  try {
    const pid = postmasterOf(server);
    process.kill(pid, 'SIGSTOP');
    for (const one of [...sessionsOf(server), pid]) process.kill(one, 'SIGKILL');
  } catch (error) {
    // No process, or no file that names one.
    if (!['ESRCH', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Without it a recovery cannot end. To be called while it has nothing to do: at work it keeps locks that others wait for. */
export function freezeCheckpointer(server: Home): void {
  const pid = sessionsOf(server).find((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes('checkpointer'));
  process.kill(pid!, 'SIGSTOP');
}

const postmasterOf = ({ folder }: Home): number => Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);

function sessionsOf(server: Home): number[] {
  const pid = postmasterOf(server);
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}
