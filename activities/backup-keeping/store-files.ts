/** Stores what lies in a folder of a job as the files of a new backup. */
import type { ManifestFile } from '../../domain/backup.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import { explainWrite } from '../tool-store/target.ts';
import type { BackedUp } from './backed-up.ts';
import { keepUntil } from './copy-across.ts';
import type { TakeBackupInput } from './into-repositories.ts';

/** `root` absolute. What was stored before a failure is cleared again. Fails: target-read-only, disk-full. */
export async function storeFiles(
  ports: Ports,
  target: BackedUp,
  repository: BackupRepository,
  input: TakeBackupInput,
  root: string,
  signal?: AbortSignal,
): Promise<ManifestFile[]> {
  const { id } = input;
  const staged = await ports.files.scan({ root, path: '' });
  const options = { mode: '0600', durable: true, keepUntil: keepUntil(target, input) };
  try {
    return await inParallel(staged, async ({ path, uid, gid, modifiedAt }) => {
      const { bytes, sha256 } = await repository.store(target.id, id, path, { root, path }, options, signal);
      return { path, bytes, sha256, mode: options.mode, uid, gid, modifiedAt, in: id };
    });
  } catch (error) {
    await repository.clear(target.id, id).catch(() => undefined);
    const needed = staged.reduce((sum, { bytes }) => sum + bytes, 0);
    throw await explainWrite(error, repository.describe(target.id, id), needed, () => repository.freeBytes());
  }
}
