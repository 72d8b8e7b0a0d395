/** What the tool knows of a backup, kept as one of its files. */
import { takenBackupSchema } from '../../contracts/taken-backup.ts';
import type { Manifest } from '../../domain/backup.ts';
import type { TakenBackup } from '../../domain/postgres/taken-backup.ts';
import type { BackupSet } from '../backup-keeping/backup-set.ts';
import { readFacts } from '../backup-keeping/facts-file.ts';

export const factsFile = 'postgres.json';
/** Undefined where no copy has them as they were written. */
export const factsOf = (set: BackupSet, signal?: AbortSignal): Promise<TakenBackup | undefined> =>
  readFacts(set, factsFile, parseFacts, signal);

function parseFacts(value: unknown): TakenBackup {
  const { restorePoint, ...facts } = takenBackupSchema.parse(value);
  return { ...facts, ...(restorePoint !== undefined && { restorePoint }) };
}

const logFolder = 'wal/';

/** Names of the files of the log that a manifest names. */
export const logIn = ({ files }: Manifest): ReadonlySet<string> =>
  new Set(files.flatMap(({ path }) => (path.startsWith(logFolder) ? path.slice(logFolder.length).replace(/\.gz$/, '') : [])));
