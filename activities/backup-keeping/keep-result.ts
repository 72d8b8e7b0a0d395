/** Keeps the result of a restore test beside the copy that was tested. */
import type { BackupTest } from '../../domain/backup.ts';
import type { Text } from '../../domain/text.ts';
import { codeOf } from '../tool-store/target.ts';
import type { BackupCopy } from './backup-set.ts';
import { isRepositoryFailure } from './repository-failure.ts';

/** A repository that takes no writes (mounted read-only in an emergency) can still be restored from: that is a finding. */
export async function keepResult(copy: BackupCopy, test: BackupTest): Promise<Text[]> {
  try {
    await copy.keepTest(test);
    return [];
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM', 'ENOSPC'].includes(codeOf(error) ?? '') && !isRepositoryFailure(error)) throw error;
    return [
      {
        en: `The result of the test could not be kept in ${copy.where}.`,
        ja: `検証結果を ${copy.where} に保存できませんでした。`,
      },
    ];
  }
}
