/** Uploads in parts that were not finished: taken up by the next try, or aborted, so that nobody pays for bytes that are no object. */
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from './object-store.ts';

/** What was begun earlier is not taken up: its lock would be that old. */
const takenUpForMs = 24 * 3_600_000;

export type Lock = Pick<PutObjectCommandInput, 'ObjectLockMode' | 'ObjectLockRetainUntilDate'>;

export interface SentPart {
  readonly ETag: string | undefined;
  readonly ChecksumSHA256: string | undefined;
  readonly Size: number | undefined;
}

/** Takes up the newest unfinished upload of this key, or begins one. Parts of other bytes are sent again over it. */
export async function beginUpload({ entry, ask }: ObjectStore, key: string, lock: Lock) {
  const at = { Bucket: entry.bucket, Key: key };
  const [unfinished, ...older] = await uploadsBelow({ entry, ask }, key, (upload) => upload.key === key);
  for (const { id } of older) await abort({ entry, ask }, key, id);
  if (unfinished !== undefined && Date.now() - unfinished.begunAt < takenUpForMs) {
    const there = new Map<number, SentPart>();
    let PartNumberMarker: string | undefined;
    do {
      const command: ListPartsCommand = new ListPartsCommand({ ...at, UploadId: unfinished.id, PartNumberMarker });
      const page = await ask((client) => client.send(command));
      for (const { PartNumber, ETag, ChecksumSHA256, Size } of page.Parts ?? []) {
        there.set(PartNumber!, { ETag, ChecksumSHA256, Size });
      }
      PartNumberMarker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (PartNumberMarker !== undefined);
    return { UploadId: unfinished.id, there };
  }
  if (unfinished !== undefined) await abort({ entry, ask }, key, unfinished.id);
  const create = new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'SHA256', ...lock });
  const { UploadId } = await ask((client) => client.send(create));
  return { UploadId: UploadId!, there: new Map<number, SentPart>() };
}

interface Unfinished {
  readonly key: string;
  readonly id: string;
  readonly begunAt: number;
}

type Asked = Pick<ObjectStore, 'entry' | 'ask'>;

/** Unfinished uploads below a prefix, newest first. */
async function uploadsBelow({ entry, ask }: Asked, prefix: string, fits: (one: Unfinished) => boolean): Promise<Unfinished[]> {
  const found: Unfinished[] = [];
  let marker: { readonly KeyMarker?: string | undefined; readonly UploadIdMarker?: string | undefined } | undefined = {};
  while (marker !== undefined) {
    const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
      Bucket: entry.bucket,
      Prefix: prefix,
      ...marker,
    });
    const page = await ask((client) => client.send(command));
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      const one = { key: Key!, id: UploadId!, begunAt: Initiated?.getTime() ?? 0 };
      if (one.key.startsWith(prefix) && fits(one)) found.push(one);
    }
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page;
    marker = IsTruncated && NextKeyMarker ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined;
  }
  return found.toSorted((a, b) => b.begunAt - a.begunAt);
}

async function abort({ entry, ask }: Asked, key: string, id: string): Promise<void> {
  const command = new AbortMultipartUploadCommand({ Bucket: entry.bucket, Key: key, UploadId: id });
  await ask((client) => client.send(command)).catch((error: unknown) => {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  });
}

/** Aborts unfinished uploads below a prefix; what others may still be working on is left to grow old first, where asked. */
export async function abortUploads(store: Asked, prefix: string, { olderThanMs = 0 } = {}): Promise<void> {
  const old = await uploadsBelow(store, prefix, ({ begunAt }) => Date.now() - begunAt >= olderThanMs);
  for (const { key, id } of old) await abort(store, key, id);
}
