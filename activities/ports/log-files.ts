/** Append-only logs on disk that others write to at the same time. No method follows a link below its root. */
import type { Place } from './file-tree.ts';

export interface LogIdentity {
  /** Device and inode: the same file under any name. */
  readonly inode: string;
  readonly bytes: number;
}

export interface LogWriters {
  /** Processes that have the file open for writing, such as `4711 (node)`. */
  readonly named: readonly string[];
  /** There are processes that this one may not look into. */
  readonly hidden: boolean;
}

/** Failures are Node's own (`ENOENT`, `EEXIST`, `ENOSPC` …) or UnsafePath. */
export interface LogFiles {
  /** Undefined when nothing is there. */
  lookAt(place: Place): Promise<LogIdentity | undefined>;
  /** Bytes `from` to `to` (not included); fewer at the end of the file. */
  readSlice(place: Place, from: number, to: number): Promise<Uint8Array>;
  /** Who else may still append to the file. */
  listWriters(inode: string): Promise<LogWriters>;
  /** Where exactly these bytes begin at or after `from`, if anywhere. */
  lookFor(place: Place, bytes: Uint8Array, from: number): Promise<number | undefined>;
  /** A second name for a file. Never replaces: EEXIST. */
  link(root: string, from: string, to: string): Promise<void>;
  /** Adds to the end in one write, durably; makes the file when it is not there. */
  append(place: Place, bytes: Uint8Array): Promise<void>;
}
