/** The file tree of this machine. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chown, link, lstat, mkdir, open, readdir, readFile, rename, rm, rmdir, statfs, symlink, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileFacts, FileTree, Place } from '../../activities/ports/file-tree.ts';
import { folderOf, temporaryBeside } from '../../domain/tool-store/layout.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import { copyFile, giveTo } from './copy-file.ts';
import { hasCode, inside, isMissing } from './inside.ts';
import { lineEnd, look, readFileAt, scan } from './read-files.ts';
import { syncPath } from './sync-path.ts';

export function createLocalFiles(): FileTree {
  return {
    mayGiveAway: process.geteuid?.() === 0,
    look,
    scan,
    read: readFileAt,
    lineEnd,

    async copy(from, to, options, signal) {
      try {
        return await copyFile(from, to, options, signal);
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error;
        // Made only when needed: most copies go into a folder that is there. A missing source fails again, as it should.
        await makeFolder({ root: to.root, path: folderOf(to.path) });
        return copyFile(from, to, options, signal);
      }
    },

    async rename(root, from, to) {
      await rename(inside({ root, path: from }), inside({ root, path: to }));
    },

    async link(root, from, to) {
      await link(inside({ root, path: from }), inside({ root, path: to }));
    },

    async setAttributes(place, mode, owner) {
      const file = await open(inside(place), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const ownerKept = await giveTo(file, owner);
        await file.chmod(Number.parseInt(mode, 8));
        await file.sync();
        return ownerKept;
      } finally {
        await file.close();
      }
    },

    async makeLink(place, pointsTo) {
      await symlink(pointsTo, inside(place));
    },

    async writeDocument(place, body) {
      await makeFolder({ root: place.root, path: folderOf(place.path) });
      const temporary = inside({ ...place, path: temporaryBeside(place.path, randomBytes(6).toString('hex')) });
      try {
        const file = await open(temporary, 'wx', 0o600);
        try {
          await file.writeFile(body);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, inside(place));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await syncFolder({ root: place.root, path: folderOf(place.path) });
    },

    async readDocument(place) {
      try {
        // Decoded in one go: chunk by chunk, as readFile does it, takes several times as long.
        return (await readFile(inside(place), { flag: constants.O_RDONLY | constants.O_NOFOLLOW })).toString('utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        if (hasCode(error, 'ELOOP')) throw new UnsafePath(place.path, 'is a link');
        throw error;
      }
    },

    makeFolder,
    syncFolder,

    async remove(place) {
      await unlink(inside(place)).catch(unlessMissing);
    },
    async removeTree(place) {
      await rm(inside(place), { recursive: true, force: true });
    },
    async removeOldTrees(folder, olderThanMs) {
      const entries = await readdir(inside(folder), { withFileTypes: true }).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      for (const { name } of entries.filter((entry) => entry.isDirectory())) {
        const place = { root: folder.root, path: `${folder.path}/${name}` };
        const isOld = (facts: FileFacts): boolean => Date.now() - Date.parse(facts.modifiedAt) > olderThanMs;
        const top = await look(place);
        if (top && isOld(top) && (await scan(place)).every(isOld)) await rm(inside(place), { recursive: true, force: true });
      }
    },
    async removeIfEmpty(place) {
      await rmdir(inside(place)).catch((error: unknown) => {
        if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) unlessMissing(error);
      });
    },

    async freeBytes(root) {
      const { bavail, bsize } = await statfs(root);
      return bavail * bsize;
    },
  };
}

async function makeFolder({ root, path }: Place): Promise<void> {
  const target = inside({ root, path });
  const topmost = await makeMissing(target);
  if (topmost === undefined) return;
  // New folders belong to whoever owns the place they were made in, so that the agent can use what root restored.
  const { uid, gid } = await lstat(dirname(topmost));
  for (let made = target; made.length >= topmost.length; made = dirname(made)) {
    await chown(made, uid, gid).catch((error: unknown) => {
      if (!hasCode(error, 'EPERM')) throw error;
    });
  }
  await syncPath(dirname(topmost));
}

/** Answers the topmost folder that it made. Node's own recursive mkdir says ENOENT where the truth is EROFS. */
async function makeMissing(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder);
    return folder;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) {
      return undefined;
    }
    if (!hasCode(error, 'ENOENT') || dirname(folder) === folder) {
      throw error;
    }
  }
  const above = await makeMissing(dirname(folder));
  return (await makeMissing(folder)) === undefined ? above : (above ?? folder);
}

const syncFolder = async (folder: Place): Promise<void> => syncPath(inside(folder));

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
