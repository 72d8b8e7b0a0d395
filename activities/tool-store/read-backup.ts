/** Brings bytes out of a backup, trying its copies in turn, and never believing bytes that do not hash as the manifest says. */
import type { ManifestFile } from '../../domain/backup.ts';
import { fail } from '../../domain/fail.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { fileNameOf, isToolPath, toolBytesLimit } from '../../domain/tool-store/layout.ts';
import type { BackupFile, WantedFile } from '../../domain/tool-store/restore-plan.ts';
import { judgeToolFile } from '../../domain/tool-store/tool-file.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import type { Copied, CopyOptions, FileHash, Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import { faultOf, type BackupCopy, type BackupSet } from '../backup-keeping/backup-set.ts';
import { isRepositoryFailure } from '../backup-keeping/repository-failure.ts';
import { codeOf } from './target.ts';

/** Every file of the backup as a restore wants it; tools are read, hashed and judged. Fails: backup-corrupt, backup-unsafe. */
export async function readBackupFiles(set: BackupSet, signal?: AbortSignal): Promise<BackupFile[]> {
  const files = usableFiles(set);
  await refuseStrange(set);
  return inParallel(files, async (file): Promise<BackupFile> => {
    const { path } = file;
    if (!isToolPath(path)) return { path, wanted: wantedOf(file) };
    const read = await fromAnyCopy(set, file, (copy) => copy.read(file, toolBytesLimit, signal));
    return { path, wanted: wantedOf(file), judged: judgeToolFile(fileNameOf(path), read.content) };
  });
}

/** The manifest's files, or the reason why there are none. */
export function usableFiles(set: BackupSet): readonly ManifestFile[] {
  if (set.manifest !== undefined) return set.manifest.files;
  throw faultOf(set.fault ?? corrupt(set.id, 'manifest.json'));
}

const corrupt = (id: string, path: string) =>
  ({
    code: 'backup-corrupt',
    sentence: {
      en: `${id}: ${path} is missing or not what the manifest says, in every copy.`,
      ja: `${id}: ${path} が欠けているか、どの複製でもマニフェストと一致しません。`,
    },
  }) as const;

/** A backup of ours has no links; one that has was tampered with. Fails: backup-unsafe. */
async function refuseStrange(set: BackupSet): Promise<void> {
  for (const copy of set.copies) {
    const strange = await copy.strange();
    if (strange.length > 0) throw unsafe(set.id, strange[0]!);
  }
}

export const unsafe = (id: string, path: string) =>
  fail('backup-unsafe', {
    en: `${id} holds a link or a special file: ${path}.`,
    ja: `${id} にリンクか特殊ファイルがあります: ${path}。`,
  });

const wantedOf = ({ sha256, bytes, mode, uid, gid, modifiedAt, in: holder }: ManifestFile): WantedFile => ({
  kind: 'file',
  sha256,
  bytes,
  mode,
  uid,
  gid,
  modifiedAt,
  in: holder,
});

/** Brings one file to a new place. Fails: backup-corrupt, backup-unsafe, or what the file system says of the place. */
export function fetchFile(
  ports: Ports,
  set: BackupSet,
  file: ManifestFile,
  to: Place,
  options: CopyOptions,
  signal?: AbortSignal,
): Promise<Copied> {
  return fromAnyCopy(
    set,
    file,
    (copy) => copy.fetch(file, to, options, signal),
    () => ports.files.remove(to),
  );
}

/** The first copy whose bytes are right; `discard` takes wrong bytes away. */
async function fromAnyCopy<T extends FileHash>(
  set: BackupSet,
  file: ManifestFile,
  take: (copy: BackupCopy) => Promise<T>,
  discard: () => Promise<void> = () => Promise.resolve(),
): Promise<T> {
  let silent: Error | undefined;
  for (const copy of set.copies) {
    try {
      const taken = await takeOr(set.id, file, copy, take);
      if (taken?.sha256 === file.sha256) return taken;
      if (taken !== undefined) await discard();
    } catch (error) {
      if (!isRepositoryFailure(error)) throw error;
      silent ??= error;
    }
  }
  // A copy that nobody could look at may be whole.
  throw silent ?? faultOf(corrupt(set.id, file.path));
}

/** Undefined where this copy does not have the file. */
async function takeOr<T>(
  id: string,
  file: ManifestFile,
  copy: BackupCopy,
  take: (copy: BackupCopy) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await take(copy);
  } catch (error) {
    if (error instanceof UnsafePath) throw unsafe(id, file.path);
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'EIO') return undefined;
    throw error;
  }
}
