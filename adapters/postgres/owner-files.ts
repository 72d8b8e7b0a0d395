/** Small files in and beside a data directory, for its owner alone. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../files/inside.ts';
import { replaceFile } from '../files/replace-file.ts';
import { runAsOwner } from '../process/run-as-owner.ts';

/** Empty where there is no such file. */
export const readText = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return '';
    throw error;
  });

/** Whole or not at all; `home` is the data directory, or a folder of its owner's. */
export async function writeText(home: string, path: string, text: string): Promise<void> {
  const { uid, gid } = await stat(home);
  await replaceFile(path, text, { mode: 0o600, uid, gid });
}

/** Throws where the owner of the data directory, who has to use it, cannot read it. */
export async function requireReadable(home: string, file: string): Promise<void> {
  const { code } = await runAsOwner({ program: 'test', args: ['-r', file], owner: await stat(home), folder: '/' });
  if (code !== 0) throw new Error(`the owner of ${home} cannot read ${file}`);
}

/** A file in a data directory that is the node's own, not the cluster's: settings, and by which certificate it is known. */
export const isOwnFile = (name: string): boolean => /\.(conf|crt|key|pem|crl)$/.test(name);

/** Where the server itself keeps its settings, also where postgresql.conf lies elsewhere. */
export const ownConfiguration = (home: string): string => join(home, 'postgresql.auto.conf');
