/** Brings the files of one copy of a backup into a scratch folder, each held against its checksum. */
import type { Manifest, ManifestFile } from '../../domain/backup.ts';
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import type { ScratchFolder } from '../ports/scratch-servers.ts';
import { codeOf } from '../tool-store/target.ts';
import { faultOf, type BackupCopy, type BackupSet } from './backup-set.ts';

/** Answers what is wrong with the copy. */
export async function fetchCopy(
  folder: ScratchFolder,
  id: string,
  { files }: Manifest,
  copy: BackupCopy,
  signal?: AbortSignal,
): Promise<Text | undefined> {
  const options = { mode: '0600', owner: folder.owner, durable: false };
  const faults = await inParallel(files, async (file: ManifestFile): Promise<Text | undefined> => {
    try {
      const got = await copy.fetch(file, { root: folder.files, path: file.path }, options, signal);
      if (got.sha256 === file.sha256) return undefined;
      return {
        en: `${id}: ${file.path} in ${copy.where} is not what was written (${got.bytes} of ${file.bytes} bytes, another checksum).`,
        ja: `${id}: ${copy.where} の ${file.path} が書き込み時と一致しません。`,
      };
    } catch (error) {
      if (!(error instanceof UnsafePath) && !['ENOENT', 'EIO'].includes(codeOf(error) ?? '')) throw error;
      return {
        en: `${id}: ${file.path} is missing in ${copy.where}.`,
        ja: `${id}: ${copy.where} に ${file.path} がありません。`,
      };
    }
  });
  return faults.find((fault) => fault !== undefined);
}

/** The files of the first copy that is as it was written. Fails: backup-corrupt, backup-unsafe. */
export async function fetchBest(folder: ScratchFolder, set: BackupSet, signal?: AbortSignal): Promise<BackupCopy> {
  const { id, manifest, fault, copies } = set;
  if (fault) throw faultOf(fault);
  let wrong: Text | undefined;
  for (const copy of copies) {
    const found = await fetchCopy(folder, id, manifest!, copy, signal);
    if (found === undefined) return copy;
    wrong ??= found;
  }
  throw fail('backup-corrupt', wrong ?? { en: `${id} has no copy.`, ja: `${id} の複製がありません。` });
}
