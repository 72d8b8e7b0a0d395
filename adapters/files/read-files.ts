/** Looks at files without following links: facts, listings, contents with their hash. */
import { createHash } from 'node:crypto';
import { constants, lstatSync, readlinkSync } from 'node:fs';
import { lstat, open, readdir, readlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { FileContent, FileFacts, Place } from '../../activities/ports/file-tree.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import { describeFile } from './file-facts.ts';
import { hasCode, inside, isMissing } from './inside.ts';
import { LineCounter } from './line-counter.ts';

/** Large enough that calls cost nothing, small enough that hashing one never blocks for longer than a millisecond or two. */
export const chunkBytes = 1024 * 1024;

export async function look(place: Place): Promise<FileFacts | undefined> {
  const path = inside(place);
  try {
    const stats = await lstat(path, { bigint: true });
    return describeFile(place.path, stats, stats.isSymbolicLink() ? await readlink(path) : undefined);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export async function scan(folder: Place): Promise<readonly FileFacts[]> {
  const top = await look(folder);
  if (top === undefined) return [];
  if (top.kind !== 'folder') throw new UnsafePath(folder.path, top.kind === 'link' ? 'is a link' : 'is not a folder');
  const base = inside(folder);
  const names = await readdir(base, { withFileTypes: true, recursive: true });
  const found: FileFacts[] = [];
  const checked = new Set<string>();
  for (const [index, entry] of names.entries()) {
    if (entry.isDirectory()) continue;
    const below = entry.parentPath === base ? '' : `${entry.parentPath.slice(base.length + 1)}/`;
    const path = `${folder.path === '' ? '' : `${folder.path}/`}${below}${entry.name}`;
    // One look at the way for all that lie in the same folder.
    if (!checked.has(entry.parentPath)) inside({ root: folder.root, path });
    checked.add(entry.parentPath);
    const facts = describeAt(path, join(entry.parentPath, entry.name));
    if (facts !== undefined) found.push(facts);
    if (index % entriesAtOnce === entriesAtOnce - 1) await setImmediate();
  }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** A look takes microseconds, a trip to Node's file threads ten times that; after so many others get their turn. */
const entriesAtOnce = 500;

function describeAt(path: string, absolute: string): FileFacts | undefined {
  const stats = lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  try {
    return describeFile(path, stats, stats.isSymbolicLink() ? readlinkSync(absolute) : undefined);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Opens a regular file for reading; a link, a folder, a pipe or a device is refused without waiting for it. */
export async function openFile(place: Place): Promise<{ readonly handle: FileHandle; readonly facts: FileFacts }> {
  const path = inside(place);
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasCode(error, 'ELOOP')) throw new UnsafePath(place.path, 'is a link');
    throw error;
  }
  const facts = describeFile(place.path, await handle.stat({ bigint: true }));
  if (facts.kind === 'file') return { handle, facts };
  await handle.close();
  throw new UnsafePath(place.path, 'is not a regular file');
}

export async function readFileAt(place: Place, maxBytes: number, signal?: AbortSignal): Promise<FileContent> {
  const { handle, facts } = await openFile(place);
  try {
    const hash = createHash('sha256');
    const lines = new LineCounter();
    const kept: Buffer[] = [];
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, facts.bytes + 1));
    let bytes = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, bytes);
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      lines.take(chunk);
      bytes += bytesRead;
      if (bytes <= maxBytes) kept.push(Buffer.from(chunk));
      // A regular file gives less than asked for only at its end.
      if (bytesRead < buffer.length) break;
    }
    const content = bytes <= maxBytes ? Buffer.concat(kept) : undefined;
    return { facts, bytes, sha256: hash.digest('hex'), lines: lines.count, ...(content === undefined ? {} : { content }) };
  } finally {
    await handle.close();
  }
}

/** See FileTree.lineEnd. A last line without newline is whole if it parses: writers append each line in one go. */
export async function lineEnd(place: Place, upTo: number): Promise<number> {
  const { handle } = await openFile(place);
  try {
    const buffer = Buffer.allocUnsafe(64 * 1024);
    const tail: Buffer[] = [];
    for (let end = upTo; end > 0;) {
      const from = Math.max(0, end - buffer.length);
      const { bytesRead } = await handle.read(buffer, 0, end - from, from);
      const newline = buffer.subarray(0, bytesRead).lastIndexOf(10);
      tail.unshift(Buffer.from(buffer.subarray(newline + 1, bytesRead)));
      if (newline >= 0) return isObject(Buffer.concat(tail)) ? upTo : from + newline + 1;
      end = from;
    }
    return isObject(Buffer.concat(tail)) ? upTo : 0;
  } finally {
    await handle.close();
  }
}

function isObject(line: Buffer): boolean {
  try {
    return line.at(-1) === 0x7d && typeof JSON.parse(line.toString('utf8')) === 'object';
  } catch {
    return false;
  }
}
