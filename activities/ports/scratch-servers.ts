/** PostgreSQL servers beside production, for the time of one job: on a socket of their own, without a port, an archive or a wish to follow anybody. */
import type { RecoveryGoal } from '../../domain/postgres/recovery-goal.ts';
import type { BackedUpCluster } from './postgres-backups.ts';
import type { PostgresNode } from './postgres.ts';

/** A folder below `backup.scratch` that one job has to itself. All paths absolute. */
export interface ScratchFolder {
  readonly path: string;
  /** For files of a backup; owned by whoever runs the tools. */
  readonly files: string;
  /** Where a restored data directory goes; not there yet. */
  readonly data: string;
  readonly owner: { readonly uid: number; readonly gid: number };
}

export interface ScratchServers {
  /**
   * Makes a folder for a job of this process. First stops and removes what processes that are gone left below
   * `backup.scratch`. With `keep`, a name such as a recovery's id, the folder belongs to that name: it outlives this process with
   * what runs in it, and is the same for whoever asks again. Fails: scratch-unusable.
   */
  open(cluster: BackedUpCluster, keep?: string): Promise<ScratchFolder>;
  /**
   * Starts the server of the data directory restored into `data` and waits until it has reached its goal, paused or promoted;
   * starting it twice is fine. The node answered takes every question that a node of the cluster takes, from the same roles, on
   * this machine alone.
   * Fails: scratch-server-failed, with the server's last words.
   */
  start(cluster: BackedUpCluster, folder: ScratchFolder, signal?: AbortSignal): Promise<PostgresNode>;
  /** Stops the server and has it replay further when it is started again: to a later goal, where it pauses. May run twice. */
  aim(folder: ScratchFolder, goal: RecoveryGoal): Promise<void>;
  /** Ends its server in good order; the files stay. Twice is fine. */
  stop(folder: ScratchFolder, signal?: AbortSignal): Promise<void>;
  /** Stops whatever runs in the folder and removes it. Twice is fine. */
  remove(folder: ScratchFolder): Promise<void>;
}
