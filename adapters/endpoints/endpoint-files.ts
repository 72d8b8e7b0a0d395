/** Endpoints in files of this machine: never through a link, never half written, with the owner and mode that were there. */
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { lstat, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Endpoints } from '../../activities/ports/endpoints.ts';
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import { giveTo } from '../files/copy-file.ts';
import { hasCode, isMissing } from '../files/inside.ts';
import { syncPath } from '../files/sync-path.ts';

/** The text of an endpoint is far shorter: a file beyond this is somebody else's, and the path wrong. */
const mostBytes = 64 * 1024;
/** An unfinished write that is older belongs to nobody who lives. */
const staleMs = 60_000;

export const createEndpointFiles = (): Endpoints => ({
  read: (path) =>
    inOurWords(path, unreadable, async () => {
      if ((await factsOf(path)) === undefined) return undefined;
      // Between the look and this somebody may put a link or a pipe there.
      const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        return await file.readFile('utf8');
      } finally {
        await file.close();
      }
    }),

  write: (path, text) =>
    inOurWords(path, unwritable, async () => {
      const there = await factsOf(path);
      const { uid, gid } = there ?? (await stat(dirname(path)));
      const temporary = join(dirname(path), `${unfinished(path)}${randomBytes(6).toString('hex')}`);
      try {
        const file = await open(temporary, 'wx', 0o600);
        try {
          await file.writeFile(text);
          // Owner before mode: giving a file away clears its set-id bits.
          const kept = await giveTo(file, { uid, gid });
          if (!kept && there) throw refused(path, ownerLost);
          await file.chmod(there ? there.mode & 0o7777 : 0o644);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
      await syncPath(dirname(path));
      await removeStale(path);
    }),
});

/** Undefined where there is no file. */
async function factsOf(path: string): Promise<Stats | undefined> {
  const facts = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (facts?.isSymbolicLink()) throw refused(path, isLink);
  if (facts && !facts.isFile()) throw refused(path, isNoFile);
  if (facts && facts.size > mostBytes) throw refused(path, isLong);
  return facts;
}

const unfinished = (path: string): string => `.${basename(path)}.okiagari-`;

/** What an attempt that was killed left behind. */
async function removeStale(path: string): Promise<void> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => name.startsWith(unfinished(path)));
  for (const name of names) {
    const facts = await lstat(join(folder, name)).catch(() => undefined);
    if (facts?.isFile() && Date.now() - facts.mtimeMs > staleMs) await rm(join(folder, name), { force: true });
  }
}

const isLink: Text = {
  en: 'is a symbolic link, which is not followed: declare the file itself',
  ja: 'はシンボリックリンクのため書き込みません。実体のファイルを指定してください',
};
const isNoFile: Text = { en: 'is not a file', ja: 'は通常のファイルではありません' };
const isLong: Text = {
  en: `has more than ${mostBytes / 1024} kB: it is not a file that an endpoint alone fills`,
  ja: `は ${mostBytes / 1024} kB を超えており、接続先専用のファイルではありません`,
};
const ownerLost: Text = {
  en: 'belongs to another user, to whom the worker may not give it back',
  ja: 'は別のユーザーの所有で、ワーカーには所有者を保つ権限がありません',
};

const unreadable: Text = { en: 'cannot be read', ja: 'を読めません' };
const unwritable: Text = { en: 'cannot be written', ja: 'を書けません' };

const refused = (path: string, { en, ja }: Text) => fail('endpoint-refused', { en: `${path} ${en}.`, ja: `${path} ${ja}。` });

/** What the file system refuses is told by its code; everything else stays what it is. */
async function inOurWords<T>(path: string, { en, ja }: Text, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, 'ELOOP')) throw refused(path, isLink);
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw refused(path, { en: `${en} (${code} at ${syscall})`, ja: `${ja}(${syscall} で ${code})` });
  }
}
