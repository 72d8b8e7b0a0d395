/** Writes or replaces a small file, whole or not at all, with its owner and mode, on the disk when it resolves. */
import { chmod, chown, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncPath } from './sync-path.ts';

interface Facts {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export async function replaceFile(path: string, text: string, { mode, uid, gid }: Facts): Promise<void> {
  const draft = `${path}.okiagari`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(draft, mode & 0o7777);
  await chown(draft, uid, gid);
  await rename(draft, path);
  await syncPath(dirname(path));
}
