/** A backup repository in a directory: `<path>/<target>/<backup>/manifest.json` beside `files/…`, readable without us. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupRepository } from '../../activities/ports/backup-repository.ts';
import type { FileTree, Place } from '../../activities/ports/file-tree.ts';
import type { DirectoryEntry } from '../../contracts/inventory.ts';
import { folderOf } from '../../domain/tool-store/layout.ts';
import { inside, isMissing } from './inside.ts';

export function createDirectoryRepository(entry: DirectoryEntry, files: FileTree): BackupRepository {
  const at = (target: string, ...parts: string[]): Place => ({ root: entry.path, path: [target, ...parts].join('/') });
  /** Folders below `files/` that were written to, synced once before a manifest says that they are complete. */
  const touched = new Map<string, Set<string>>();

  return {
    id: entry.id,

    async list(target) {
      const names = await readdir(inside(at(target)), { withFileTypes: true }).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      const folders = names.filter((name) => name.isDirectory()).map((name) => name.name);
      const finished = await Promise.all(folders.map((id) => files.look(at(target, id, 'manifest.json'))));
      return folders.filter((_, index) => finished[index]?.kind === 'file').toSorted();
    },

    readDocument: (target, backup, name) => files.readDocument(at(target, backup, name)),

    async writeDocument(target, backup, name, body) {
      const key = `${target}/${backup}`;
      for (const folder of touched.get(key) ?? []) await files.syncFolder({ root: entry.path, path: folder });
      touched.delete(key);
      await files.writeDocument(at(target, backup, name), body);
      await files.syncFolder(at(target));
    },

    clear: (target, backup) => files.removeTree(at(target, backup)),

    async remove(target, backup) {
      await files.remove(at(target, backup, 'manifest.json'));
      await files.syncFolder(at(target, backup)).catch(unlessMissing);
      await files.removeTree(at(target, backup));
    },

    async store(target, backup, path, from, options, signal) {
      const to = at(target, backup, 'files', path);
      await files.remove(to);
      const copied = await files.copy(from, to, options, signal);
      const key = `${target}/${backup}`;
      const folders = touched.get(key) ?? new Set<string>();
      touched.set(key, folders);
      for (let folder = folderOf(to.path); folder.length > key.length; folder = folderOf(folder)) folders.add(folder);
      return copied;
    },

    discard: (target, backup, path) => files.remove(at(target, backup, 'files', path)),

    read: (target, backup, path, maxBytes, signal) => files.read(at(target, backup, 'files', path), maxBytes, signal),
    fetch: (target, backup, path, to, options, signal) => files.copy(at(target, backup, 'files', path), to, options, signal),

    async strange(target, backup) {
      const entries = await files.scan(at(target, backup, 'files'));
      const prefix = at(target, backup, 'files').path.length + 1;
      return entries.filter((facts) => facts.kind !== 'file').map((facts) => facts.path.slice(prefix));
    },

    describe: (target, backup) => join(entry.path, target, backup),
    freeBytes: () => files.freeBytes(entry.path),
  };
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
