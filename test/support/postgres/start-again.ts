/** A node of a cluster that died, started again. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readPidFile, serverProcesses } from '../../../adapters/postgres/server-processes.ts';
import { eventually } from '../eventually.ts';
import type { TestServer } from './server.ts';

/**
 * PostgreSQL takes a dead one that is still in the list of processes for one that lives: by the file in its data directory,
 * which may have been exchanged meanwhile, and by the lock beside its socket. Nothing to do where it runs.
 */
export async function startAgain(node: TestServer): Promise<void> {
  if ((await serverProcesses(node.folder)).length > 0) return;
  const lock = join(dirname(node.folder), `.s.PGSQL.${node.port}.lock`);
  const pids = [(await readPidFile(node.folder))?.pid, Number((await readFile(lock, 'utf8').catch(() => '')).split('\n')[0])];
  for (const pid of pids) await eventually(() => pid && existsSync(`/proc/${pid}`)).toBeFalsy();
  await node.start();
}
