/** Where backups live: a directory, later an object store. A backup is `<target>/<id>/` with two documents and its files. */
import type { RepositoryEntry } from '../../contracts/inventory.ts';
import type { Copied, CopyOptions, FileContent, Place } from './file-tree.ts';

export type BackupDocumentName = 'manifest.json' | 'verification.json' | 'hold.json';

/** How long what is written now must stay: a store that can lock does not let it go before, however much is asked. ISO 8601. */
export interface Keep {
  readonly keepUntil?: string | undefined;
}

/** Failures as in FileTree. */
export interface BackupRepository {
  readonly id: string;
  /** Ids of the backups that have a manifest; leftovers without one are not there. */
  list(target: string): Promise<readonly string[]>;
  readDocument(target: string, backup: string, name: BackupDocumentName): Promise<string | undefined>;
  /** Durable, with everything stored before it. Replaces. */
  writeDocument(target: string, backup: string, name: BackupDocumentName, body: string, keep?: Keep): Promise<void>;
  /** Removes what an unfinished attempt left. Twice is fine. */
  clear(target: string, backup: string): Promise<void>;
  /** Removes a whole backup, its manifest first, so that a half removed one is none. Twice is fine. Fails: backup-locked. */
  remove(target: string, backup: string): Promise<void>;
  /** Keeps a local file as `path` of an unfinished backup, durably, instead of what an earlier try stored there. */
  store(
    target: string,
    backup: string,
    path: string,
    from: Place,
    options: CopyOptions & Keep,
    signal?: AbortSignal,
  ): Promise<Copied>;
  /** Forgets `path` of an unfinished backup. Twice is fine. */
  discard(target: string, backup: string, path: string): Promise<void>;
  read(target: string, backup: string, path: string, maxBytes: number, signal?: AbortSignal): Promise<FileContent>;
  /** Brings `path` of the backup to a new local file. Fails: ENOENT, UnsafePath. */
  fetch(target: string, backup: string, path: string, to: Place, options: CopyOptions, signal?: AbortSignal): Promise<Copied>;
  /** Links and other entries in the backup that are not regular files: no backup of ours has any. */
  strange(target: string, backup: string): Promise<readonly string[]>;
  /** Where a person finds it. */
  describe(target: string, backup: string): string;
  freeBytes(): Promise<number>;
}

export type OpenRepository = (entry: RepositoryEntry) => BackupRepository;
