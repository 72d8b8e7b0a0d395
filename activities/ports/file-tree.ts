/** Files of this machine below trusted roots. No method follows a link below its root; one that meets one throws UnsafePath. */

/** `root` comes from the inventory or the data folder and is trusted; `path` is relative to it, `/`-separated, and is not. */
export interface Place {
  readonly root: string;
  readonly path: string;
}

export interface FileFacts {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly bytes: number;
  /** Permission bits as octal text, such as `0644`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** ISO 8601. */
  readonly modifiedAt: string;
  /** Differs as soon as the file was written, replaced, or changed mode or owner. */
  readonly version: string;
  /** Where a link points. */
  readonly pointsTo?: string;
}

export interface FileHash {
  readonly bytes: number;
  readonly sha256: string;
  /** Lines; an unfinished last one counts. */
  readonly lines: number;
}

export interface FileContent extends FileHash {
  readonly facts: FileFacts;
  /** Absent where the file is larger than asked for. */
  readonly content?: Uint8Array;
}

export interface CopyOptions {
  readonly mode: string;
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  readonly modifiedAt?: string | undefined;
  /** Copy only so many bytes. */
  readonly upTo?: number | undefined;
  /** Synced to the disk before it returns; the folder is not. */
  readonly durable: boolean;
}

export interface Copied extends FileHash {
  /** False when this process may not give the file to that owner. */
  readonly ownerKept: boolean;
}

/** Failures are Node's own (`ENOENT`, `EROFS`, `ENOSPC` …) or UnsafePath. Every long method ends early when `signal` aborts. */
export interface FileTree {
  /** Whether this process may give files away. */
  readonly mayGiveAway: boolean;
  /** What is there; undefined when nothing is. A link is described, not followed. */
  look(place: Place): Promise<FileFacts | undefined>;
  /** All entries below a folder that are not folders, sub-folders too, sorted by path; empty when there is no such folder. */
  scan(folder: Place): Promise<readonly FileFacts[]>;
  /** Bytes, hash and facts of one moment. Fails: ENOENT, UnsafePath for anything but a regular file. */
  read(place: Place, maxBytes: number, signal?: AbortSignal): Promise<FileContent>;
  /** End of the last whole line within the first `upTo` bytes; `upTo` itself when what follows is one finished JSON object. */
  lineEnd(place: Place, upTo: number): Promise<number>;
  /** Writes a new file and its missing folders; never replaces (EEXIST). On failure nothing is left of it. */
  copy(from: Place, to: Place, options: CopyOptions, signal?: AbortSignal): Promise<Copied>;
  /** Makes the file at `from` the one at `to`, in one step, replacing what is there; both below one root. */
  rename(root: string, from: string, to: string): Promise<void>;
  /** Gives the regular file at `from` a second name, never replacing (EEXIST); both below one root. Fails where they lie on different file systems (EXDEV) or the file system knows no second names (EPERM). */
  link(root: string, from: string, to: string): Promise<void>;
  /** Sets mode and owner, durably. Answers whether the owner could be set. */
  setAttributes(place: Place, mode: string, owner: { readonly uid: number; readonly gid: number }): Promise<boolean>;
  /** Makes a new link that points to `pointsTo`; only ever used to put one back. */
  makeLink(place: Place, pointsTo: string): Promise<void>;
  /** Writes or replaces a small document, atomically and durably. */
  writeDocument(place: Place, body: string): Promise<void>;
  /** A small document; undefined when there is none. */
  readDocument(place: Place): Promise<string | undefined>;
  /** Makes a folder and its missing parents, with the owner of the nearest one that exists. */
  makeFolder(place: Place): Promise<void>;
  /** Removes one file or link. Twice is fine. */
  remove(place: Place): Promise<void>;
  /** Removes a folder with all that is in it, links as links. Twice is fine. Only for folders of our own. */
  removeTree(place: Place): Promise<void>;
  /** As `removeTree` for each folder directly in `folder` where neither it nor a file below changed for `olderThanMs`. */
  removeOldTrees(folder: Place, olderThanMs: number): Promise<void>;
  /** Removes a folder if it is empty. */
  removeIfEmpty(place: Place): Promise<void>;
  /** Makes new, renamed and removed names in a folder durable. */
  syncFolder(place: Place): Promise<void>;
  /** Bytes that this process may still write there. */
  freeBytes(root: string): Promise<number>;
}
