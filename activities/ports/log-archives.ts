/** Takes logs apart and puts them together, in new files. Nothing here changes a file that is there. */
import type { LogHead } from '../../domain/disk/archive-plan.ts';
import type { Place } from './file-tree.ts';

export interface Written {
  readonly bytes: number;
  readonly sha256: string;
}

/** A piece of a file; `packed`: what it unpacks to, whole. */
export type Piece =
  { readonly place: Place; readonly from: number; readonly to: number } | { readonly place: Place; readonly packed: true };

export interface NewFile {
  readonly mode: string;
  readonly owner: { readonly uid: number; readonly gid: number };
}

/** Failures are Node's own (`ENOENT`, `EEXIST`, `ENOSPC` …) or UnsafePath. */
export interface LogArchives {
  /**
   * The lines at the beginning that are older than `before` (ISO), up to the last one that says so: a line that tells no time
   * goes with those around it. Undefined when the first one with a time is not old. Memory does not grow with the log.
   */
  readHead(log: Place, before: string, signal?: AbortSignal): Promise<LogHead | undefined>;
  /** Hash of the first bytes; fewer where the file is shorter. */
  readHash(file: Place, upTo: number, signal?: AbortSignal): Promise<Written>;
  /** Hash of what an archive unpacks to. Fails: archive-unreadable. */
  readPacked(archive: Place, signal?: AbortSignal): Promise<Written>;
  /** Writes the first bytes of a file into a new `.gz`, synced. Answers its own size. On failure nothing is left of it. */
  pack(log: Place, upTo: number, to: Place, as: NewFile, signal?: AbortSignal): Promise<number>;
  /** Writes the pieces one after the other into a new file, synced. On failure nothing is left of it. */
  join(pieces: readonly Piece[], to: Place, as: NewFile, signal?: AbortSignal): Promise<Written>;
}
