/** The file by which a PostgreSQL server comes up as a standby, whoever starts it; and the mark in it of a recovery that put it there. */
import { open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, isMissing } from '../files/inside.ts';
import { replaceFile } from '../files/replace-file.ts';
import { syncPath } from '../files/sync-path.ts';

const fileOf = (home: string): string => join(home, 'standby.signal');
const markWords = 'Fenced by Okiagari for ';

/** Undefined without the file; null where it has no mark of ours. PostgreSQL itself never looks inside. */
export async function readSignal(home: string): Promise<string | null | undefined> {
  try {
    const text = (await readFile(fileOf(home), 'utf8')).trim();
    return text.startsWith(markWords) ? text.slice(markWords.length) : null;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** On the disk when it resolves. What is there already stays. */
export async function writeSignal(home: string, recovery?: string): Promise<void> {
  try {
    const file = await open(fileOf(home), 'wx', 0o600);
    try {
      const { uid, gid } = await stat(home);
      await file.chown(uid, gid);
      if (recovery !== undefined) await file.write(`${markWords}${recovery}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  await syncPath(home);
}

export async function removeSignal(home: string): Promise<void> {
  await unlink(fileOf(home)).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
  await syncPath(home);
}

/** The standby stays one, for nobody's sake but its own. At no moment the file is missing. */
export async function clearMark(home: string): Promise<void> {
  if (typeof (await readSignal(home)) !== 'string') return;
  const { uid, gid } = await stat(home);
  await replaceFile(fileOf(home), '', { mode: 0o600, uid, gid });
}
