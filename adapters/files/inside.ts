/** Turns a place into a path of this machine, refusing whatever would leave its root or pass a link. */
import { lstat, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from '../../activities/ports/file-tree.ts';
import { folderOf, staysInside } from '../../domain/tool-store/layout.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';

/**
 * The absolute path of a place. Folders on the way may be missing; one that is a link or no folder throws UnsafePath.
 * The last part is not looked at: callers open it without following links. The root itself may be reached through links.
 */
export async function inside(place: Place): Promise<string> {
  if (place.path === '') return place.root;
  if (!staysInside(place.path)) throw new UnsafePath(place.path, 'leaves its folder');
  const folder = folderOf(place.path);
  if (folder !== '') await refuseLinks(place.root, folder);
  return join(place.root, place.path);
}

/** One call to the kernel where all is well; the slow walk only names the culprit. */
async function refuseLinks(root: string, folder: string): Promise<void> {
  try {
    if ((await realpath(join(root, folder))) === join(await rootPath(root), folder)) return;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  let walked = '';
  for (const part of folder.split('/')) {
    walked = walked === '' ? part : `${walked}/${part}`;
    const facts = await lstat(join(root, walked)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (facts === undefined) return;
    if (facts.isSymbolicLink()) throw new UnsafePath(walked, 'is a link');
    if (!facts.isDirectory()) throw new UnsafePath(walked, 'is not a folder');
  }
}

/** Asked anew each time: a root may be mounted or replaced while the worker runs. */
const rootPath = (root: string): Promise<string> => realpath(root);

export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
export const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT', 'ENOTDIR');
