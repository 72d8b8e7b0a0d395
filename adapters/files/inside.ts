/** Turns a place into a path of this machine, refusing whatever would leave its root or pass a link. */
import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../../activities/ports/file-tree.ts';
import { folderOf, staysInside } from '../../domain/tool-store/layout.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';

/**
 * The absolute path of a place. Folders on the way may be missing; one that is a link or no folder throws UnsafePath.
 * The last part is not looked at: callers open it without following links. The root itself may be reached through links.
 * Synchronous on purpose: it is part of every call, takes microseconds, and a trip to Node's file threads takes ten times that.
 */
export function inside(place: Place): string {
  if (place.path === '') return place.root;
  if (!staysInside(place.path)) throw new UnsafePath(place.path, 'leaves its folder');
  const folder = folderOf(place.path);
  if (folder !== '') refuseLinks(place.root, folder);
  return join(place.root, place.path);
}

/** One question to the kernel where all is well; the slow walk only names the culprit. */
function refuseLinks(root: string, folder: string): void {
  try {
    if (realpathSync.native(join(root, folder)) === join(realpathSync.native(root), folder)) return;
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  let walked = '';
  for (const part of folder.split('/')) {
    walked = walked === '' ? part : `${walked}/${part}`;
    const facts = lstatSync(join(root, walked), { throwIfNoEntry: false });
    if (facts === undefined) return;
    if (facts.isSymbolicLink()) throw new UnsafePath(walked, 'is a link');
    if (!facts.isDirectory()) throw new UnsafePath(walked, 'is not a folder');
  }
}

export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
export const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT', 'ENOTDIR');
