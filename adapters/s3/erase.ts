/** Removes objects with all their versions where the store lets them go, and finds out until when it does not. */
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ObjectIdentifier,
} from '@aws-sdk/client-s3';
import type { FailureCode } from '../../domain/failures.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { isMissing } from '../files/inside.ts';
import type { ObjectStore } from './object-store.ts';

/** A store takes so many names in one request. */
const namesAtOnce = 1_000;
const looksAtOnce = 16;

interface Version {
  readonly Key: string;
  readonly VersionId: string | undefined;
  readonly isMarker: boolean;
  /** What a reader without a version gets. */
  readonly isLatest: boolean;
}

/** Every version and delete marker below a prefix, or of one key. */
export async function versionsOf({ entry, ask }: ObjectStore, prefix: string, isKey = false): Promise<Version[]> {
  const found: Version[] = [];
  let marker: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } | undefined = {};
  while (marker !== undefined) {
    const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({ Bucket: entry.bucket, Prefix: prefix, ...marker });
    const page = await ask((client) => client.send(command));
    const listed = [
      ...(page.Versions ?? []).map((one) => ({ ...one, isMarker: false })),
      ...(page.DeleteMarkers ?? []).map((one) => ({ ...one, isMarker: true })),
    ];
    for (const { Key = '', VersionId, isMarker, IsLatest: isLatest = false } of listed) {
      if (Key.startsWith(prefix) && (!isKey || Key === prefix)) found.push({ Key, VersionId, isMarker, isLatest });
    }
    const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
    marker =
      IsTruncated && NextKeyMarker !== undefined
        ? { KeyMarker: NextKeyMarker, ...(NextVersionIdMarker !== undefined && { VersionIdMarker: NextVersionIdMarker }) }
        : undefined;
  }
  return found;
}

/** Removes them; answers those that the store kept, for whatever reason. */
export async function erase(store: ObjectStore, versions: readonly Version[]): Promise<Version[]> {
  const kept: Version[] = [];
  for (let from = 0; from < versions.length; from += namesAtOnce) {
    const some = versions.slice(from, from + namesAtOnce);
    kept.push(...(await eraseTogether(store, some).catch((error: unknown) => eraseEach(store, some, error))));
  }
  return kept;
}

async function eraseTogether({ entry, ask }: ObjectStore, some: readonly Version[]): Promise<Version[]> {
  const Objects = some.map(({ Key, VersionId }): ObjectIdentifier => ({ Key, ...(VersionId !== undefined && { VersionId }) }));
  const { Errors = [] } = await ask((client) =>
    client.send(new DeleteObjectsCommand({ Bucket: entry.bucket, Delete: { Objects, Quiet: true } })),
  );
  const refused = new Set(Errors.filter(({ Code }) => Code !== 'NoSuchKey' && Code !== 'NoSuchVersion').map(nameOf));
  return some.filter((version) => refused.has(nameOf(version)));
}

/** Some stores refuse a whole request for one locked object in it. */
async function eraseEach({ entry, ask }: ObjectStore, some: readonly Version[], why: unknown): Promise<Version[]> {
  if (!isRefusal(why)) throw why;
  const refused = await inParallel(
    some,
    ({ Key, VersionId }) =>
      ask((client) => client.send(new DeleteObjectCommand({ Bucket: entry.bucket, Key, VersionId }))).then(
        () => false,
        (error: unknown) => {
          if (isRefusal(error)) return true;
          throw error;
        },
      ),
    looksAtOnce,
  );
  return some.filter((_, index) => refused[index]);
}

const isRefusal = (error: unknown): boolean =>
  (error as { type?: unknown }).type === ('repository-refused' satisfies FailureCode);

const nameOf = ({ Key, VersionId }: { Key?: string | undefined; VersionId?: string | undefined }): string =>
  `${VersionId ?? 'null'} ${Key}`;

/** Hides an object whose versions have to stay: to every listing it is gone. */
export async function hide({ entry, ask }: ObjectStore, key: string): Promise<void> {
  await ask((client) => client.send(new DeleteObjectCommand({ Bucket: entry.bucket, Key: key })));
}

/** The latest time until which one of these is locked; undefined when none is. */
export async function lockedUntil({ entry, ask }: ObjectStore, versions: readonly Version[]): Promise<string | undefined> {
  const untils = await inParallel(
    versions.filter(({ isMarker }) => !isMarker),
    ({ Key, VersionId }) =>
      ask(async (client) => {
        const head = await client.send(new HeadObjectCommand({ Bucket: entry.bucket, Key, VersionId }));
        return head.ObjectLockRetainUntilDate?.getTime() ?? (head.ObjectLockLegalHoldStatus === 'ON' ? Infinity : 0);
      }).catch((error: unknown) => {
        if (isMissing(error)) return 0;
        throw error;
      }),
    looksAtOnce,
  );
  const latest = Math.max(0, ...untils);
  if (latest <= Date.now()) return undefined;
  return latest === Infinity ? 'its legal hold ends' : new Date(latest).toISOString();
}
