/** Brings a local file into the bucket: one request where it is small, else parts, several at once, taking up what an earlier try left. */
import { CompleteMultipartUploadCommand, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import type { FileHash, Place } from '../../activities/ports/file-tree.ts';
import { openFile } from '../files/read-files.ts';
import type { ObjectStore } from './object-store.ts';
import { PartReader, type Part } from './read-part.ts';
import { beginUpload, type Lock, type SentPart } from './unfinished-uploads.ts';

const smallestPart = 8 * 1024 * 1024;
/** A store takes 10,000 parts; some are left for a file that grows. */
const mostParts = 9_000;
/** So many parts are under way: memory stays below these and one more. */
const uploadsAtOnce = 4;

/** Hash and size are of exactly the bytes that were sent; the store checks each part by its own SHA-256. */
export async function upload(
  store: ObjectStore,
  key: string,
  from: Place,
  { upTo = Infinity, lock }: { readonly upTo?: number | undefined; readonly lock: Lock },
  signal?: AbortSignal,
): Promise<FileHash> {
  const { handle, facts } = await openFile(from);
  try {
    const limit = Math.min(upTo, Number.MAX_SAFE_INTEGER);
    const size = Math.min(limit, facts.bytes);
    const partBytes = Math.max(smallestPart, Math.ceil(size / mostParts));
    let reader = new PartReader(handle, limit);
    // One byte more than the file seems to have, so that its end is seen.
    let first = await reader.next(Buffer.allocUnsafe(Math.min(partBytes, size + 1)), signal);
    if (!first.last && first.bytes.length < partBytes) {
      // It grew since it was opened, and a part that is not the last must not be short.
      reader = new PartReader(handle, limit);
      first = await reader.next(Buffer.allocUnsafe(partBytes), signal);
    }
    if (first.last) await putBytes(store, key, first, lock, signal);
    else await sendParts({ store, key, lock, reader, signal }, first, partBytes);
    return reader.digest();
  } finally {
    await handle.close();
  }
}

/** A small object, whole or not at all. */
export async function putBytes(
  { entry, ask }: ObjectStore,
  key: string,
  { bytes, sha256 }: Pick<Part, 'bytes' | 'sha256'>,
  lock: Lock,
  signal?: AbortSignal,
): Promise<void> {
  const command = new PutObjectCommand({
    Bucket: entry.bucket,
    Key: key,
    Body: bytes,
    ContentLength: bytes.length,
    ChecksumSHA256: sha256.toString('base64'),
    ...lock,
  });
  await ask((client) => client.send(command, { ...(signal && { abortSignal: signal }) }));
}

interface Sending {
  readonly store: ObjectStore;
  readonly key: string;
  readonly lock: Lock;
  readonly reader: PartReader;
  readonly signal: AbortSignal | undefined;
}

async function sendParts({ store, key, lock, reader, signal }: Sending, first: Part, partBytes: number): Promise<void> {
  const { ask, entry } = store;
  const at = { Bucket: entry.bucket, Key: key };
  const options = { ...(signal && { abortSignal: signal }) };
  const { UploadId, there } = await beginUpload(store, key, lock);
  const sent: (SentPart & { readonly PartNumber: number })[] = [];
  const free = Array.from({ length: uploadsAtOnce }, () => Buffer.allocUnsafe(partBytes));
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];

  const send = async (part: Part, PartNumber: number): Promise<void> => {
    const ChecksumSHA256 = part.sha256.toString('base64');
    const known = there.get(PartNumber);
    if (known?.Size === part.bytes.length && known.ChecksumSHA256 === ChecksumSHA256) {
      sent.push({ ...known, PartNumber });
      return;
    }
    const Body = part.bytes;
    const command = new UploadPartCommand({ ...at, UploadId, PartNumber, Body, ContentLength: Body.length, ChecksumSHA256 });
    const { ETag } = await ask((client) => client.send(command, options));
    sent.push({ ETag, ChecksumSHA256, Size: Body.length, PartNumber });
  };
  const start = (part: Part, number: number, buffer: Buffer<ArrayBuffer>): void => {
    const sending: Promise<void> = send(part, number)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        underWay.delete(sending);
        free.push(buffer);
      });
    underWay.add(sending);
  };

  let buffer = first.bytes;
  let part = first;
  try {
    for (let number = 1; failures.length === 0; number++) {
      start(part, number, buffer);
      if (part.last) break;
      while (free.length === 0) await Promise.race(underWay);
      buffer = free.pop()!;
      part = await reader.next(buffer, signal);
      // The file ended exactly with the part before.
      if (part.bytes.length === 0) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failures.length > 0) throw failures[0];
  const Parts = sent
    .toSorted((a, b) => a.PartNumber - b.PartNumber)
    .map(({ ETag, ChecksumSHA256, PartNumber }) => ({ ETag, ChecksumSHA256, PartNumber }));
  const complete = new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } });
  await ask((client) => client.send(complete, options));
}
