/** A backup repository in an object store: `<prefix>/<target>/<backup>/manifest.json` beside `files/…`, readable without us. */
import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import type { BackupRepository, Keep } from '../../activities/ports/backup-repository.ts';
import type { CopyOptions, FileTree, Place } from '../../activities/ports/file-tree.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { folderOf, staysInside } from '../../domain/tool-store/layout.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import { writeNewFile } from '../files/copy-file.ts';
import { hasCode, isMissing } from '../files/inside.ts';
import { download } from './download.ts';
import { erase, hide, lockedUntil, versionsOf } from './erase.ts';
import { locked, refusedBecause } from './failures.ts';
import type { ObjectStore } from './object-store.ts';
import { abortUploads, type Lock } from './unfinished-uploads.ts';
import { putBytes, upload } from './upload.ts';

const looksAtOnce = 16;
/** Uploads that nobody can still be working on. */
const abandonedMs = 48 * 3_600_000;
const dayMs = 86_400_000;

/** Failures: ENOENT, UnsafePath, repository-away, repository-refused, repository-full; `remove` also backup-locked. */
export function createObjectRepository(store: ObjectStore, files: FileTree): BackupRepository {
  const { entry, ask } = store;
  const Bucket = entry.bucket;
  const at = (...parts: string[]): string => {
    const path = parts.join('/');
    if (!staysInside(path)) throw new UnsafePath(path, 'leaves its folder');
    return entry.prefix === undefined ? path : `${entry.prefix}/${path}`;
  };
  const fileAt = (target: string, backup: string, path: string): string => at(target, backup, 'files', path);

  /** Never longer than the backup itself is to stay: what retention may remove must be removable. */
  const lockOf = (keepUntil: string | undefined): Lock => {
    if (entry.lock === undefined) return {};
    const days = Date.now() + entry.lock.days * dayMs;
    const until = keepUntil === undefined ? days : Math.min(days, Date.parse(keepUntil));
    return until <= Date.now() ? {} : { ObjectLockMode: entry.lock.mode, ObjectLockRetainUntilDate: new Date(until) };
  };
  const isThere = (Key: string): Promise<boolean> =>
    ask((client) => client.send(new HeadObjectCommand({ Bucket, Key }))).then(
      () => true,
      (error: unknown) => {
        if (isMissing(error)) return false;
        throw error;
      },
    );
  /** Versions that are locked stay behind, out of sight: the marker that hides them is not taken away, or they would be seen again. */
  const forget = async (prefix: string, isKey = false): Promise<void> => {
    const versions = await versionsOf(store, prefix, isKey);
    const [markers, objects] = [versions.filter(({ isMarker }) => isMarker), versions.filter(({ isMarker }) => !isMarker)];
    const staying = new Set((await erase(store, objects)).map(({ Key }) => Key));
    await erase(
      store,
      markers.filter(({ Key }) => !staying.has(Key)),
    );
    const hidden = new Set(markers.filter(({ isLatest }) => isLatest).map(({ Key }) => Key));
    for (const key of staying) if (!hidden.has(key)) await hide(store, key);
  };

  return {
    id: entry.id,

    async list(target) {
      const Prefix = `${at(target)}/`;
      const ids: string[] = [];
      await ask(async (client) => {
        for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix, Delimiter: '/' })) {
          for (const one of page.CommonPrefixes ?? []) ids.push(one.Prefix!.slice(Prefix.length, -1));
        }
      });
      const finished = await inParallel(ids, (id) => isThere(at(target, id, 'manifest.json')), looksAtOnce);
      return ids.filter((_, index) => finished[index]).toSorted();
    },

    async readDocument(target, backup, name) {
      const Key = at(target, backup, name);
      try {
        return await ask(async (client) => (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString());
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    async writeDocument(target, backup, name, body, { keepUntil }: Keep = {}) {
      const bytes = Buffer.from(body);
      const isManifest = name === 'manifest.json';
      // Tests and holds are written again and again: locking each would make the backup outlive its time.
      const lock = isManifest || keepUntil !== undefined ? lockOf(keepUntil) : {};
      await putBytes(store, at(target, backup, name), { bytes, sha256: createHash('sha256').update(bytes).digest() }, lock);
      if (!isManifest) return;
      await abortUploads(store, `${at(target, backup)}/`);
      await abortUploads(store, `${at(target)}/`, { olderThanMs: abandonedMs });
    },

    /** An upload that was cut off stays, to be taken up. */
    clear: (target, backup) => forget(`${at(target, backup)}/`),

    async remove(target, backup) {
      const prefix = `${at(target, backup)}/`;
      const manifest = at(target, backup, 'manifest.json');
      const versions = await versionsOf(store, prefix);
      const until = await lockedUntil(store, versions);
      if (until !== undefined) throw locked(entry, backup, until);
      const isManifest = ({ Key }: { readonly Key: string }): boolean => Key === manifest;
      const first = versions.filter(isManifest);
      const rest = versions.filter((version) => !isManifest(version));
      for (const some of [first, rest]) {
        const kept = await erase(store, some);
        if (kept.length === 0) continue;
        const since = await lockedUntil(store, kept);
        if (since !== undefined) throw locked(entry, backup, since);
        throw refusedBecause(entry, { en: `it does not remove ${backup}`, ja: `${backup} を削除できません` });
      }
      await abortUploads(store, prefix);
    },

    async store(target, backup, path, from: Place, { upTo, keepUntil }: CopyOptions & Keep, signal) {
      const copied = await upload(store, fileAt(target, backup, path), from, { upTo, lock: lockOf(keepUntil) }, signal);
      // Owner and mode stand in the manifest.
      return { ...copied, ownerKept: true };
    },

    discard: (target, backup, path) => forget(fileAt(target, backup, path), true),

    async read(target, backup, path, maxBytes, signal) {
      const kept: Buffer[] = [];
      const take = (pieces: readonly Buffer[], from: number): Promise<void> => {
        if (from <= maxBytes) kept.push(...pieces);
        return Promise.resolve();
      };
      const { modifiedAt, version, ...hash } = await download(store, fileAt(target, backup, path), { take, signal });
      const facts = { path, kind: 'file', bytes: hash.bytes, mode: '0600', uid: 0, gid: 0, modifiedAt, version } as const;
      return { ...hash, facts, ...(hash.bytes <= maxBytes && { content: Buffer.concat(kept) }) };
    },

    async fetch(target, backup, path, to, options, signal) {
      const key = fileAt(target, backup, path);
      const bring = () =>
        writeNewFile(to, options, async (file) => {
          const take = async (pieces: readonly Buffer[], from: number): Promise<void> => {
            await file.writev(pieces, from);
          };
          const { bytes, sha256, lines } = await download(store, key, { take, upTo: options.upTo, signal });
          return { bytes, sha256, lines };
        });
      try {
        return await bring();
      } catch (error) {
        // The folder is made only when needed; a missing object fails again, as it should.
        if (!hasCode(error, 'ENOENT')) throw error;
        await files.makeFolder({ root: to.root, path: folderOf(to.path) });
        return bring();
      }
    },

    /** There are no links in an object store, but names that are no path. */
    async strange(target, backup) {
      const prefix = `${at(target, backup, 'files')}/`;
      const found: string[] = [];
      await ask(async (client) => {
        for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix })) {
          for (const { Key, Size } of page.Contents ?? []) {
            const path = Key!.slice(prefix.length);
            // Some programs keep an empty object for each folder.
            const isFolder = Size === 0 && (path === '' || path.endsWith('/'));
            if (!isFolder && !staysInside(path)) found.push(path);
          }
        }
      });
      return found;
    },

    describe: (target, backup) => `s3://${Bucket}/${at(target, backup)}`,
    /** No object store says so. */
    freeBytes: () => Promise.resolve(Number.MAX_SAFE_INTEGER),
  };
}
