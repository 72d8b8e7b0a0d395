/** A backup of a cluster as its tool knows it; kept as `postgres.json` among the files of the manifest. */

export interface TakenBackup {
  readonly tool: 'pgbackrest' | 'base-backup';
  /** Its name in the tool's own repository; where it has none, the id of the manifest. */
  readonly label: string;
  /** What it became: an incremental that finds nothing to build on holds everything itself. */
  readonly kind: 'full' | 'incremental';
  /** Label of the one that it builds on. */
  readonly base: string | null;
  readonly timeline: number;
  /** The log from here on is needed. */
  readonly startPosition: string;
  /** From here on what is restored of it is consistent; a goal before it cannot be reached with it. */
  readonly stopPosition: string;
  /** Name of the file of the log that holds `startPosition`. */
  readonly startFile: string;
  /** ISO. When it was at `stopPosition`. */
  readonly stoppedAt: string;
  /** Restore point at `stopPosition`, where it has one. */
  readonly restorePoint?: string;
  /** Bytes that the tool keeps in a repository of its own. */
  readonly bytes: number;
}

/** Whether its tool has a repository of its own. */
export const isElsewhere = ({ tool }: TakenBackup): boolean => tool === 'pgbackrest';
