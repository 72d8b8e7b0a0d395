/** Code as its repository has it: a ref becomes a commit, a commit becomes files. */
import type { SourceEntry } from '../../contracts/source-code.ts';
import type { Place } from './file-tree.ts';

/** A regular file, its path relative to the entry's folder. Git knows two modes. */
export interface SourceFile {
  readonly path: string;
  readonly mode: '0644' | '0755';
  readonly bytes: number;
  readonly sha256: string;
}

/** Failures of all: source-unreachable, source-unusable (no such ref or folder, links, submodules, too large). */
export interface SourceCode {
  /** The commit that the ref names there now; asks the repository. */
  resolve(source: SourceEntry, signal?: AbortSignal): Promise<string>;
  /** Files at that commit, sorted by path. Asks the repository only for a commit that was never brought. */
  list(source: SourceEntry, commit: string, signal?: AbortSignal): Promise<readonly SourceFile[]>;
  /** Writes them all below a folder of our own, which has to be new or empty. */
  bring(source: SourceEntry, commit: string, into: Place, signal?: AbortSignal): Promise<readonly SourceFile[]>;
}
