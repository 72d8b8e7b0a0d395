/** Where the programs of Redis servers are on this machine, and as whom they run. */
import { realpath, stat } from 'node:fs/promises';
import process from 'node:process';
import type { BackedUpServers } from '../../activities/ports/redis-backups.ts';
import { isMissing } from '../files/inside.ts';
import type { Owner } from '../process/run-as-owner.ts';
import { localControl } from './local-control.ts';

/** The owner of the data folder of a node that is here; where none is, of the scratch folder, or whoever we are. */
export async function redisPrograms({
  nodes,
  backup,
}: BackedUpServers): Promise<{ readonly bin: string; readonly owner: Owner }> {
  const { bin, scratch } = backup;
  for (const path of [...nodes.flatMap((node) => localControl(node)?.data ?? []), scratch]) {
    const owner = await ownerOf(path);
    if (owner) return { bin, owner };
  }
  return { bin, owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 } };
}

async function ownerOf(path: string): Promise<Owner | undefined> {
  try {
    const { uid, gid } = await stat(await realpath(path));
    return { uid, gid };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
