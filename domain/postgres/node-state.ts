/** What the machine of a PostgreSQL server tells of it, whether or not the server answers. */

export interface NodeState {
  /** `frozen` = its processes are there and stopped: they go on where they were when somebody wakes them. */
  readonly processes: 'running' | 'frozen' | 'gone';
  /** Whether it comes up as a standby: `standby.signal` is there. */
  readonly isStandby: boolean;
}

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
