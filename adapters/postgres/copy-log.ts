/** Copies files of the log to where nobody replaces them, and compares what was written. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chown, copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncPath } from '../files/sync-path.ts';

/** All of one timeline, from the file `first` on. May run twice: what is there is written anew. */
export async function copyLog(folder: string, into: string, first: string, signal?: AbortSignal): Promise<void> {
  const { uid, gid } = await stat(folder);
  await mkdir(into, { recursive: true, mode: 0o700 });
  await chown(into, uid, gid);
  for (const name of await filesOfLog(folder, first)) {
    signal?.throwIfAborted();
    const [from, to] = [join(folder, name), join(into, name)];
    await copyFile(from, to);
    await chown(to, uid, gid);
    await syncPath(to);
    if ((await hashOf(from)) !== (await hashOf(to))) throw new Error(`the copy of ${name} differs from it`);
  }
  await syncPath(into);
}

/** Those of one timeline from `first` on. Their names are in the order of the log. */
export async function filesOfLog(folder: string, first: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /^[0-9A-F]{24}$/.test(name));
  return names.filter((name) => name.slice(0, 8) === first.slice(0, 8) && name >= first).toSorted();
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
