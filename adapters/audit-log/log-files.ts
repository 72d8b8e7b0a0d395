/** Logs of this machine: who writes to them is read from /proc. */
import { constants } from 'node:fs';
import { link, lstat, open, readdir, readFile, stat } from 'node:fs/promises';
import process from 'node:process';
import type { LogFiles, LogWriters } from '../../activities/ports/log-files.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import { hasCode, inside, isMissing } from '../files/inside.ts';
import { openFile } from '../files/read-files.ts';

const searchBytes = 1024 * 1024;
/** O_ACCMODE, which Node does not name. */
const accessMode = 3;

export function createLogFiles(): LogFiles {
  return {
    async lookAt(place) {
      try {
        const stats = await lstat(inside(place), { bigint: true });
        if (!stats.isFile()) throw new UnsafePath(place.path, 'is not a regular file');
        return { inode: `${stats.dev}:${stats.ino}`, bytes: Number(stats.size) };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    async readSlice(place, from, to) {
      const { handle } = await openFile(place);
      try {
        const buffer = Buffer.allocUnsafe(Math.max(0, to - from));
        let filled = 0;
        while (filled < buffer.length) {
          const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, from + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return buffer.subarray(0, filled);
      } finally {
        await handle.close();
      }
    },

    listWriters,

    async lookFor(place, bytes, from) {
      const { handle } = await openFile(place);
      try {
        const buffer = Buffer.allocUnsafe(searchBytes + bytes.length);
        for (let at = from; ; at += searchBytes) {
          const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
          const found = buffer.subarray(0, bytesRead).indexOf(bytes);
          if (found >= 0) return at + found;
          if (bytesRead < buffer.length) return undefined;
        }
      } finally {
        await handle.close();
      }
    },

    async link(root, from, to) {
      await link(inside({ root, path: from }), inside({ root, path: to }));
    },

    async append(place, bytes) {
      const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
      const handle = await open(inside(place), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o644);
      try {
        await handle.appendFile(bytes);
        await handle.datasync();
      } finally {
        await handle.close();
      }
    },
  };
}

/** Our own descriptors do not count: nothing in this process writes to a log that was replaced. */
async function listWriters(inode: string): Promise<LogWriters> {
  const entries = await readdir('/proc').catch(() => undefined);
  if (entries === undefined) return { named: [], hidden: true };
  const others = entries.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await inParallel(others, async (pid) => ({ pid, writes: await writesTo(pid, inode) }));
  const named: string[] = [];
  for (const { pid, writes } of found) if (writes === true) named.push(await describeProcess(pid));
  return { named, hidden: found.some(({ writes }) => writes === 'hidden') };
}

async function writesTo(pid: string, inode: string): Promise<boolean | 'hidden'> {
  try {
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const stats = await stat(`/proc/${pid}/fd/${fd}`, { bigint: true }).catch(() => undefined);
      if (stats === undefined || `${stats.dev}:${stats.ino}` !== inode) continue;
      const info = await readFile(`/proc/${pid}/fdinfo/${fd}`, 'utf8').catch(() => '');
      const flags = Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '0', 8);
      if ((flags & accessMode) !== constants.O_RDONLY) return true;
    }
    return false;
  } catch (error) {
    // Gone meanwhile is not hidden.
    return hasCode(error, 'EACCES', 'EPERM') ? 'hidden' : false;
  }
}

async function describeProcess(pid: string): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '?');
  return `${pid} (${name.trim()})`;
}
