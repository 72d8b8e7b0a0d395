/** Copies a file into a new one and hashes it on the way: read, hash and write of neighbouring chunks overlap. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import type { Copied, CopyOptions, FileHash, Place } from '../../activities/ports/file-tree.ts';
import { hasCode, inside } from './inside.ts';
import { LineCounter } from './line-counter.ts';
import { chunkBytes, openFile } from './read-files.ts';

/** See FileTree.copy; the folder of `to` exists. */
export async function copyFile(from: Place, to: Place, options: CopyOptions, signal?: AbortSignal): Promise<Copied> {
  const source = await openFile(from);
  try {
    const limit = Math.min(options.upTo ?? Infinity, Number.MAX_SAFE_INTEGER);
    return await writeNewFile(to, options, (target) =>
      pour(source.handle, target, Math.min(chunkBytes, source.facts.bytes + 1), limit, signal),
    );
  } finally {
    await source.handle.close();
  }
}

/** A new file with what `fill` writes into it, its owner, mode and time set and synced; on failure nothing is left of it. The folder exists. */
export async function writeNewFile(
  to: Place,
  options: CopyOptions,
  fill: (target: FileHandle) => Promise<FileHash>,
): Promise<Copied> {
  const path = inside(to);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const target = await open(path, flags, 0o600);
  try {
    const copied = await fill(target);
    // Owner before mode: giving a file away clears its set-id bits.
    const ownerKept = options.owner === undefined || (await giveTo(target, options.owner));
    await target.chmod(Number.parseInt(options.mode, 8));
    if (options.modifiedAt !== undefined) await target.utimes(new Date(), new Date(options.modifiedAt));
    if (options.durable) await target.sync();
    return { ...copied, ownerKept };
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  } finally {
    await target.close();
  }
}

/** Answers whether the owner is as asked; a process without that right keeps the file as its own. */
export async function giveTo(file: FileHandle, owner: { readonly uid: number; readonly gid: number }): Promise<boolean> {
  const now = await file.stat();
  if (now.uid === owner.uid && now.gid === owner.gid) return true;
  try {
    await file.chown(owner.uid, owner.gid);
    return true;
  } catch (error) {
    if (hasCode(error, 'EPERM', 'EINVAL')) return false;
    throw error;
  }
}

async function pour(source: FileHandle, target: FileHandle, chunk: number, limit: number, signal: AbortSignal | undefined) {
  const hash = createHash('sha256');
  const lines = new LineCounter();
  const buffers = [Buffer.allocUnsafe(chunk), Buffer.allocUnsafe(chunk)];
  let bytes = 0;
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let turn = 0; bytes < limit; turn++) {
      signal?.throwIfAborted();
      const buffer = buffers[turn % 2]!;
      const wanted = Math.min(buffer.length, limit - bytes);
      const { bytesRead } = await source.read(buffer, 0, wanted, bytes);
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      await writing;
      writing = writeAll(target, piece, bytes);
      // A failure is thrown by the next await; until then nobody waits for it.
      writing.catch(() => undefined);
      hash.update(piece);
      lines.take(piece);
      bytes += bytesRead;
      // A regular file gives less than asked for only at its end.
      if (bytesRead < wanted) break;
    }
  } finally {
    await writing;
  }
  return { bytes, sha256: hash.digest('hex'), lines: lines.count };
}

async function writeAll(file: FileHandle, piece: Buffer, position: number): Promise<void> {
  for (let done = 0; done < piece.length;) {
    done += (await file.write(piece, done, piece.length - done, position + done)).bytesWritten;
  }
}
