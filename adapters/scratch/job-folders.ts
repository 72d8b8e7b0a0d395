/** Folders below `backup.scratch` that one job has to itself; what a killed job left is stopped and removed by the next. */
import { createHash, randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import type { ScratchFolder } from '../../activities/ports/scratch-servers.ts';
import { fail } from '../../domain/fail.ts';
import { hasCode, isMissing } from '../files/inside.ts';
import { endProcessesBelow } from './processes-below.ts';

/** As `ScratchServers.open`, for whoever runs the programs of the job. Fails: scratch-unusable. */
export async function openJobFolder(scratch: string, owner: ScratchFolder['owner'], keep?: string): Promise<ScratchFolder> {
  try {
    await makeUnlessThere(scratch, owner);
    const home = await realpath(scratch);
    await removeLeftovers(home);
    const name = keep === undefined ? `${await jobName()}-${randomBytes(2).toString('hex')}` : keptName(keep);
    const path = join(home, name);
    const folder = { path, owner, files: join(path, 'files'), data: join(path, 'data') };
    for (const made of [path, folder.files]) await makeUnlessThere(made, owner);
    return folder;
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT')) throw error;
    throw fail('scratch-unusable', {
      en: `${scratch} cannot be used: ${(error as Error).message}`,
      ja: `${scratch} を使用できません: ${(error as Error).message}`,
    });
  }
}

/** Stops whatever runs in it. Twice is fine. */
export async function removeJobFolder({ path }: Pick<ScratchFolder, 'path'>): Promise<void> {
  await endProcessesBelow(path);
  await rm(path, { recursive: true, force: true });
}

/** Those of this machine whose process is gone; another machine's folders are its own affair. */
async function removeLeftovers(home: string): Promise<void> {
  const mine = `j${machine()}-`;
  for (const name of await readdir(home)) {
    const [, pid, since] = /^j[0-9a-f]{6}-(\d+)-(\d+)-[0-9a-f]{4}$/.exec(name) ?? [];
    if (!name.startsWith(mine) || pid === undefined || (await startOf(pid)) === since) continue;
    await removeJobFolder({ path: join(home, name) });
  }
}

/** This process as no other one was or will be. */
const jobName = async (): Promise<string> => `j${machine()}-${process.pid}-${await startOf(String(process.pid))}`;
/** No process takes it for a leftover. */
const keptName = (keep: string): string => `k${machine()}-${createHash('sha256').update(keep).digest('hex').slice(0, 12)}`;
const machine = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 6);

/** When a process began, in ticks since the machine did; undefined where there is none. */
async function startOf(pid: string): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in parentheses and may hold anything.
    return text.slice(text.lastIndexOf(') ') + 2).split(' ')[19];
  } catch (error) {
    if (isMissing(error) || hasCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}

async function makeUnlessThere(path: string, { uid, gid }: ScratchFolder['owner']): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
    await chown(path, uid, gid);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}
