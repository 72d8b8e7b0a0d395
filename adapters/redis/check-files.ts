/** What redis-check-rdb and redis-check-aof say of files that lie in a folder of a job. */
import { join } from 'node:path';
import type { ScratchFolder } from '../../activities/ports/scratch-servers.ts';
import { appendOnlyFolder, appendOnlyManifest, snapshotFile } from '../../domain/redis/taken-backup.ts';
import type { Ended } from '../process/run-as-owner.ts';
import { runTool } from '../process/run-tool.ts';

/** `path` is the folder of the job, `from` where the files lie. */
export interface Checked {
  readonly bin: string;
  readonly folder: Pick<ScratchFolder, 'path' | 'owner'>;
  readonly from: string;
  readonly signal?: AbortSignal | undefined;
}

/** Fails: backup-tool-failed. */
export async function checkSnapshot(checked: Checked): Promise<Ended & { readonly keys?: number }> {
  const ended = await check('redis-check-rdb', snapshotFile, checked);
  const keys = /^\[info\] (\d+) keys read$/m.exec(ended.output)?.[1];
  return { ...ended, ...(keys !== undefined && { keys: Number(keys) }) };
}

/** `wholeUpTo`: where the last file that it looked at ends with a whole command. Fails: backup-tool-failed. */
export async function checkAppendOnly(checked: Checked): Promise<Ended & { readonly wholeUpTo?: LastWhole }> {
  const ended = await check('redis-check-aof', join(appendOnlyFolder, appendOnlyManifest), checked);
  const lines = [...ended.output.matchAll(/^AOF analyzed: filename=(\S+), size=\d+, ok_up_to=(\d+),/gm)];
  const [, file, bytes] = lines.at(-1) ?? [];
  return { ...ended, ...(file !== undefined && { wholeUpTo: { file, bytes: Number(bytes) } }) };
}

export interface LastWhole {
  readonly file: string;
  readonly bytes: number;
}

const check = (program: string, file: string, { bin, folder, from, signal }: Checked): Promise<Ended> =>
  runTool({ program: join(bin, program), args: [join(from, file)], owner: folder.owner, folder: folder.path, signal });
