/** What the machine of a PostgreSQL server, or whoever gives it one, tells of it, whether or not the server answers. */

export interface NodeState {
  /** `frozen` = its processes are there and stopped: they go on where they were when somebody wakes them. */
  readonly processes: 'running' | 'frozen' | 'gone';
  /** It works as a standby; or where it does not run, comes up as one or not at all: whoever starts it, it takes no writes. */
  readonly isStandby: boolean;
  /** Something takes connections where its server would, or may. */
  readonly isPortOpen: boolean;
  /** The recovery that keeps it from coming up as a primary; null where none does. */
  readonly fencedBy: string | null;
  /** Bytes that its server may still write: of the file systems of its data and of its log the least; undefined where nobody reads that. */
  readonly roomBytes?: number;
  /** Databases that recoveries replaced and keep beside its own, and since when (ISO); undefined as above. */
  readonly setAside?: readonly { readonly path: string; readonly since: string }[];
  /** Its log cannot be read even when it is gone: what only it has stays unknown. */
  readonly isLogShut?: true;
}

/** It was a primary, as far as anybody knows: a standby was none, unless it was fenced to be one. */
export const mayHoldMore = (state: NodeState | undefined): boolean =>
  state === undefined || !state.isStandby || state.fencedBy !== null;

/** What is in the log of a server behind a position: lost, where a standby that has it up to there takes over. */
export interface LogTail {
  readonly bytes: number;
  readonly commits: number;
  /** Rows that those commits wrote behind the position; what they wrote before it is not counted. */
  readonly rows: number;
  readonly firstCommitAt: string | null;
  readonly lastCommitAt: string | null;
}

export const nothingBehind: LogTail = { bytes: 0, commits: 0, rows: 0, firstCommitAt: null, lastCommitAt: null };
