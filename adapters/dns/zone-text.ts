/** The text of a zone file, replaced whole or not at all, by one at a time, and only where it is still what was read. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, lstat, open, readFile, rename, rm, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { refusedFile } from '../../domain/dns/zone-file-refused.ts';
import { giveTo } from '../files/copy-file.ts';
import { hasCode, isMissing } from '../files/inside.ts';
import { syncPath } from '../files/sync-path.ts';

/** A zone of a hundred thousand names is smaller. */
const mostBytes = 32 * 1024 * 1024;
/** What is done under the lock takes moments. */
const usualPatienceMs = 5_000;
const staleMs = 60_000;
const pauseMs = 25;

/** Latin letters one by one, so that every byte that nobody changes stays as it is. Fails: zone-file-refused. */
export const readOwnText = (path: string): Promise<string> =>
  inOurWords(path, async () => {
    await factsOf(path);
    // Between the look and this somebody may put a link or a pipe there.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return await file.readFile('latin1');
    } finally {
      await file.close();
    }
  });

/** Whether names may be made beside it. Reads only. Fails: zone-file-refused. */
export const mayReplace = (path: string): Promise<void> => inOurWords(path, () => access(dirname(path), constants.W_OK));

/** Owner and mode stay. Fails: zone-file-refused. */
export const replaceOwnText = (path: string, before: string, text: string): Promise<void> =>
  inOurWords(path, async () => {
    const { uid, gid, mode } = await factsOf(path);
    const draft = `${path}.okiagari-${randomBytes(6).toString('hex')}`;
    try {
      const file = await open(draft, 'wx', 0o600);
      try {
        await file.writeFile(text, 'latin1');
        // A server that may not read it any more would lose the zone.
        if (!(await giveTo(file, { uid, gid }))) {
          throw refusedFile(`${path} cannot keep its owner`, `${path} の所有者を保てません`);
        }
        await file.chmod(mode & 0o7777);
        await file.sync();
      } finally {
        await file.close();
      }
      if ((await readOwnText(path)) !== before) {
        throw refusedFile(`${path} was changed by somebody at the same moment`, `${path} が同時に他から変更されました`);
      }
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
    await syncPath(dirname(path));
  });

async function factsOf(path: string) {
  const facts = await lstat(path);
  if (!facts.isFile()) throw refusedFile(`${path} is no regular file`, `${path} は通常ファイルではありません`);
  if (facts.size > mostBytes) throw refusedFile(`${path} is too large to be one`, `${path} が大きすぎます`);
  // A server that keeps a journal writes the file itself, and what is written past it is lost.
  if (await isThere(`${path}.jnl`)) {
    throw refusedFile(
      `${path} has a journal beside it: its server changes it itself; declare the provider rfc2136`,
      `${path} にジャーナルがあります。サーバー自身が変更するため、provider は rfc2136 としてください`,
    );
  }
  return facts;
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );

/** One worker at a time; the lock of one that is gone is taken over. Fails: zone-file-refused. */
export async function whileLocked<T>(path: string, work: () => Promise<T>, patienceMs = usualPatienceMs): Promise<T> {
  const lock = `${path}.okiagari-lock`;
  const mine = `${hostname()} ${process.pid} ${randomBytes(6).toString('hex')}\n`;
  const since = performance.now();
  while (!(await inOurWords(path, () => taken(lock, mine)))) {
    if (performance.now() - since > patienceMs) throw refusedFile(`is held by ${lock}`, `${lock} によりロックされています`);
    await delay(pauseMs);
  }
  try {
    return await work();
  } finally {
    if ((await textOf(lock)) === mine) await unlink(lock);
  }
}

async function taken(lock: string, mine: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx', 0o600);
    try {
      await file.writeFile(mine);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const theirs = await textOf(lock);
  if (theirs !== undefined && (await isStale(lock, theirs))) await remove(lock, theirs);
  return false;
}

const textOf = (lock: string): Promise<string | undefined> => readFile(lock, 'utf8').catch(() => undefined);

async function isStale(lock: string, theirs: string): Promise<boolean> {
  const [host, pid] = theirs.split(' ');
  if (host === hostname() && Number(pid) > 0 && !isAlive(Number(pid))) return true;
  const facts = await lstat(lock).catch(() => undefined);
  return facts !== undefined && Date.now() - facts.mtimeMs > staleMs;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** Moved aside first: another one may have removed it and taken the lock in the same moment, and gets it back. */
async function remove(lock: string, theirs: string): Promise<void> {
  const aside = `${lock}-${randomBytes(6).toString('hex')}`;
  try {
    await rename(lock, aside);
    if ((await textOf(aside)) !== theirs) await link(aside, lock);
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function inOurWords<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw refusedFile(`${path} cannot be used (${code})`, `${path} を使えません(${code})`);
  }
}
