/** What the steps against a full disk hand each other. Bytes are as the disk counts them where folders are meant. */

/** One file system, and which of our places lie on it. */
export interface FileSystemUse {
  readonly device: string;
  readonly holds: readonly string[];
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface FolderUse {
  readonly path: string;
  readonly bytes: number;
  readonly files: number;
}

/** What `df` and `du` tell. */
export interface DiskUse {
  /** Of the target's own file system. */
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly fileSystems: readonly FileSystemUse[];
  /** Largest first, at most fifteen. */
  readonly folders: readonly FolderUse[];
}

export interface LeastUsed {
  /** Least used first, at most twenty. */
  readonly tools: readonly { readonly tool: string; readonly runs: number; readonly lastRunAt?: string }[];
  /** There is no log to count from. */
  readonly uncounted: boolean;
}

/** What was taken out of the live log. */
export interface ArchiveReceipt {
  readonly archive: string;
  readonly lines: number;
  /** Of the lines, and of the archive that holds them. */
  readonly bytes: number;
  readonly packedBytes: number;
  /** The young lines had to wait outside the disk until there was room for them. */
  readonly detour: boolean;
}

export interface ArchiveUndone {
  readonly lines: number;
  readonly restored: boolean;
}
