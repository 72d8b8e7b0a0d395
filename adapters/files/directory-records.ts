/** Keeps records as files in a folder: each write is durable when it returns, and a half-written record is never seen. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RecordStore } from '../../activities/ports/records.ts';
import { syncPath } from './sync-path.ts';

/**
 * A record store below `folder`, which is made when it is missing. Keys become paths. Safe for many processes at once:
 * `create` is decided by link(2), which the file system lets exactly one caller win.
 */
export function createDirectoryRecords(folder: string): RecordStore {
  const pathOf = (key: string): string => join(folder, ...checked(key).split('/'));

  return {
    async put(key, body) {
      const path = pathOf(key);
      const temporary = await writeTemporary(path, body);
      await rename(temporary, path);
      await syncPath(dirname(path));
    },

    async create(key, body) {
      const path = pathOf(key);
      const temporary = await writeTemporary(path, body);
      try {
        await link(temporary, path);
      } catch (error) {
        if (hasCode(error, 'EEXIST')) return false;
        throw error;
      } finally {
        await rm(temporary, { force: true });
      }
      await syncPath(dirname(path));
      return true;
    },

    async get(key) {
      try {
        return await readFile(pathOf(key), 'utf8');
      } catch (error) {
        if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
        throw error;
      }
    },

    async list(prefix) {
      if (!prefix.endsWith('/')) throw new TypeError(`A prefix ends with "/": ${prefix}`);
      return listKeys(pathOf(prefix.slice(0, -1)), prefix);
    },

    async remove(key) {
      const path = pathOf(key);
      await rm(path, { force: true });
      await syncPath(dirname(path)).catch((error: unknown) => {
        if (!hasCode(error, 'ENOENT')) throw error;
      });
    },
  };
}

/** Names of unfinished writes begin with this; keys may not, so a listing can leave them out. */
const temporaryPrefix = '.write-';

function checked(key: string): string {
  const parts = key.split('/');
  const good = parts.every(
    (part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0') && !part.startsWith(temporaryPrefix),
  );
  if (!good) throw new TypeError(`Not a record key: ${JSON.stringify(key)}`);
  return key;
}

async function writeTemporary(path: string, body: string): Promise<string> {
  await makeFolder(dirname(path));
  const temporary = join(dirname(path), `${temporaryPrefix}${process.pid}-${randomBytes(6).toString('hex')}`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(body);
    await file.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

/** Makes missing folders and syncs the parent of the topmost new one, so that a crash cannot lose the folder with the record. */
async function makeFolder(folder: string): Promise<void> {
  const topmost = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (topmost !== undefined) await syncPath(dirname(topmost));
}

async function listKeys(folder: string, prefix: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  });
  const keys: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) keys.push(...(await listKeys(join(folder, entry.name), `${prefix}${entry.name}/`)));
    else if (entry.isFile() && !entry.name.startsWith(temporaryPrefix)) keys.push(prefix + entry.name);
  }
  return keys.toSorted();
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;
