/** The file that HAProxy reads the state of its servers from when it starts: replaced in one step, never through a link. */
import { randomBytes } from 'node:crypto';
import { lstat, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NoAnswer } from '../no-answer.ts';
import { giveTo } from '../files/copy-file.ts';
import { isMissing } from '../files/inside.ts';
import { syncPath } from '../files/sync-path.ts';

/** Empty where there is no file. Failures are Node's own. */
export async function readStateFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw error;
  }
}

/** Owner and mode stay. Twice is fine. Throws NoAnswer. */
export async function writeStateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.okiagari-${randomBytes(6).toString('hex')}`;
  try {
    const there = await lstat(path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (there !== undefined && !there.isFile()) throw new NoAnswer('failed', `${path} is no regular file`);
    const { uid, gid } = there ?? (await stat(dirname(path)));
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await giveTo(file, { uid, gid });
      await file.chmod(there ? there.mode & 0o7777 : 0o644);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncPath(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : new NoAnswer('failed', `${path} cannot be written (${code})`);
  }
}
