/** `df` and `du` of this machine. */
import { lstat, readdir, stat, statfs } from 'node:fs/promises';
import type { Disk } from '../../activities/ports/disk.ts';
import type { FolderUse } from '../../domain/disk/words.ts';
import { inside, isMissing } from '../files/inside.ts';

const blockBytes = 512;
const levels = 2;

export function createLocalDisk(): Disk {
  return {
    async lookAtFileSystem(path) {
      try {
        const [{ dev }, { bavail, blocks, bsize }] = await Promise.all([stat(path, { bigint: true }), statfs(path)]);
        return { device: String(dev), freeBytes: bavail * bsize, totalBytes: blocks * bsize };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    async listUse(folder, signal) {
      const found: FolderUse[] = [];
      await useOf(inside(folder), folder.path, levels, found, signal);
      return found.toReversed();
    },
  };
}

/** Adds the folder after those below it. What vanishes meanwhile takes no room. */
async function useOf(at: string, path: string, depth: number, found: FolderUse[], signal?: AbortSignal): Promise<FolderUse> {
  signal?.throwIfAborted();
  const entries = await readdir(at, { withFileTypes: true }).catch(noneIfMissing);
  let bytes = await blocksOf(at);
  let files = 0;
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = `${at}/${entry.name}`;
    if (entry.isDirectory()) {
      const use = await useOf(below, `${path}/${entry.name}`, depth - 1, found, signal);
      bytes += use.bytes;
      files += use.files;
    } else {
      bytes += await blocksOf(below);
      files += 1;
    }
  }
  const use = { path, bytes, files };
  if (depth >= 0) found.push(use);
  return use;
}

const blocksOf = async (path: string): Promise<number> =>
  lstat(path).then(
    ({ blocks }) => blocks * blockBytes,
    (error: unknown) => noneIfMissing(error).length,
  );

function noneIfMissing(error: unknown): [] {
  if (isMissing(error)) return [];
  throw error;
}
