/** Room on disks, and who takes it. Reads only. */
import type { FolderUse } from '../../domain/disk/words.ts';
import type { Place } from './file-tree.ts';

export interface FileSystem {
  readonly device: string;
  /** What this process may still write. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface Disk {
  /** That holds the path; undefined where nothing is there. */
  lookAtFileSystem(path: string): Promise<FileSystem | undefined>;
  /** Bytes on the disk below a folder: itself first, then each folder in it, two levels down. Links are counted, never followed. */
  listUse(folder: Place, signal?: AbortSignal): Promise<readonly FolderUse[]>;
}
