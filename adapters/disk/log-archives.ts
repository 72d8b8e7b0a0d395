/** Log archives as gzip files, which every machine can read without us. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { LogArchives, NewFile, Piece, Written } from '../../activities/ports/log-archives.ts';
import type { Place } from '../../activities/ports/file-tree.ts';
import { fail } from '../../domain/fail.ts';
import { giveTo } from '../files/copy-file.ts';
import { hasCode, inside } from '../files/inside.ts';
import { chunkBytes, openFile } from '../files/read-files.ts';
import { findHead } from './log-head.ts';

export function createLogArchives(): LogArchives {
  return {
    async readHead(log, before, signal) {
      const head = await findHead(log, before, signal);
      if (head === undefined) return undefined;
      const { sha256 } = await hashOf({ place: log, from: 0, to: head.bytes }, signal);
      return { ...head, sha256 };
    },

    readHash: (file, upTo, signal) => hashOf({ place: file, from: 0, to: upTo }, signal),
    readPacked: (archive, signal) => hashOf({ place: archive, packed: true }, signal),

    pack: (log, upTo, to, as, signal) =>
      writeNew(to, as, async (write) => {
        let bytes = 0;
        const source = Readable.from(bytesOf({ place: log, from: 0, to: upTo }, signal));
        await pipeline(source, createGzip(), async (packed: AsyncIterable<Buffer>) => {
          for await (const chunk of packed) {
            await write(chunk);
            bytes += chunk.length;
          }
        });
        return bytes;
      }),

    join: (pieces, to, as, signal) =>
      writeNew(to, as, async (write) => {
        const hash = createHash('sha256');
        let bytes = 0;
        for (const piece of pieces) {
          for await (const chunk of bytesOf(piece, signal)) {
            await write(chunk);
            hash.update(chunk);
            bytes += chunk.length;
          }
        }
        return { bytes, sha256: hash.digest('hex') };
      }),
  };
}

async function hashOf(piece: Piece, signal?: AbortSignal): Promise<Written> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of bytesOf(piece, signal)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** In chunks that are the reader's own. */
async function* bytesOf(piece: Piece, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const { handle } = await openFile(piece.place);
  try {
    if (!('packed' in piece)) yield* sliceOf(handle, piece.from, piece.to, signal);
    else {
      const unpacked = Readable.from(sliceOf(handle, 0, Infinity, signal)).compose(createGunzip());
      for await (const chunk of unpacked as AsyncIterable<Buffer>) yield chunk;
    }
  } catch (error) {
    throw explain(piece.place, error, signal);
  } finally {
    await handle.close();
  }
}

async function* sliceOf(handle: FileHandle, from: number, to: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
  for (let at = from; at < to;) {
    signal?.throwIfAborted();
    const wanted = Math.min(chunkBytes, to - at);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

async function writeNew<T>(to: Place, as: NewFile, work: (write: (bytes: Buffer) => Promise<void>) => Promise<T>): Promise<T> {
  const path = inside(to);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    const result = await work((bytes) => file.appendFile(bytes));
    await giveTo(file, as.owner);
    await file.chmod(Number.parseInt(as.mode, 8));
    await file.sync();
    return result;
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

/** What zlib cannot make sense of. */
function explain({ path }: Place, error: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted || !hasCode(error, 'Z_DATA_ERROR', 'Z_BUF_ERROR')) return error;
  return fail('archive-unreadable', {
    en: `${path} cannot be unpacked: ${(error as Error).message}.`,
    ja: `${path} を展開できません: ${(error as Error).message}。`,
  });
}
