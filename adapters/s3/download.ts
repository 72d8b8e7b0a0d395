/** Brings an object here chunk by chunk; a connection that breaks is taken up where it stood, as long as the object is the same. */
import type { Readable } from 'node:stream';
import { createHash } from 'node:crypto';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { FileHash } from '../../activities/ports/file-tree.ts';
import { LineCounter } from '../files/line-counter.ts';
import { chunkBytes } from '../files/read-files.ts';
import { inOurWords } from './failures.ts';
import type { ObjectStore } from './object-store.ts';

/** Breaks in a row without a byte in between. */
const barrenTries = 3;
/** An open connection over which nothing comes is broken too. */
const silenceMs = 30_000;

interface Downloading {
  /** Takes the next bytes, from `at` on; it is waited for. */
  readonly take: (pieces: readonly Buffer[], at: number) => Promise<void>;
  readonly upTo?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Downloaded extends FileHash {
  readonly modifiedAt: string;
  readonly version: string;
}

/** Fails: ENOENT, repository-away, repository-refused, and whatever `take` fails with. */
export async function download(store: ObjectStore, key: string, { take, upTo, signal }: Downloading): Promise<Downloaded> {
  const hash = createHash('sha256');
  const lines = new LineCounter();
  let at = 0;
  let size = upTo ?? Infinity;
  let version = '';
  let modifiedAt = '';
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  const flush = async (): Promise<void> => {
    const pieces = waiting;
    const from = at - waitingBytes;
    waiting = [];
    waitingBytes = 0;
    if (pieces.length > 0) await take(pieces, from);
  };

  for (let barren = 0; ;) {
    const before = at;
    const answer = await store.ask((client) =>
      client.send(
        new GetObjectCommand({
          Bucket: store.entry.bucket,
          Key: key,
          ...(at > 0 && { Range: `bytes=${at}-`, IfMatch: version }),
        }),
        { ...(signal && { abortSignal: signal }) },
      ),
    );
    const body = answer.Body as Readable;
    if (at === 0) {
      size = Math.min(size, answer.ContentLength ?? Infinity);
      version = answer.ETag ?? '';
      modifiedAt = (answer.LastModified ?? new Date(0)).toISOString();
    }
    const chunks = body[Symbol.asyncIterator]();
    try {
      while (at < size) {
        const next = await nextOf(chunks, store, signal);
        if (next === undefined) break;
        const piece = next.subarray(0, size - at);
        hash.update(piece);
        lines.take(piece);
        waiting.push(piece);
        waitingBytes += piece.length;
        at += piece.length;
        if (waitingBytes >= chunkBytes) await flush();
      }
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      barren = at > before ? 0 : barren + 1;
      if (barren >= barrenTries) throw error.cause;
      continue;
    } finally {
      body.destroy();
    }
    // An answer that ends early without an error is a break as well.
    if (at >= size || size === Infinity) break;
    if (at === before && ++barren >= barrenTries) throw inOurWords({ name: 'TruncatedBody' }, store.entry);
  }
  await flush();
  return { bytes: at, sha256: hash.digest('hex'), lines: lines.count, modifiedAt, version };
}

/** The connection broke; its cause is the failure that it would be if nothing helped. */
class Broken extends Error {}

async function nextOf(
  chunks: AsyncIterator<unknown>,
  { entry }: ObjectStore,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  signal?.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('silence')), silenceMs);
  });
  try {
    const { done, value } = await Promise.race([chunks.next(), silence]);
    return done ? undefined : (value as Buffer);
  } catch (error) {
    signal?.throwIfAborted();
    throw new Broken('broken', {
      cause: inOurWords({ name: 'Interrupted', code: (error as NodeJS.ErrnoException).code }, entry),
    });
  } finally {
    clearTimeout(timer);
  }
}
