/** Folders and small files for the owner of a server alone. */
import { chown, mkdir, writeFile } from 'node:fs/promises';
import type { Owner } from '../process/run-as-owner.ts';

/** Twice is fine. */
export async function makeOwned(path: string, { uid, gid }: Owner): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chown(path, uid, gid);
}

export async function writeOwned({ owner: { uid, gid } }: { readonly owner: Owner }, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await chown(path, uid, gid);
}
