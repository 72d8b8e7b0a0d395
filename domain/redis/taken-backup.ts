/** A backup of Redis servers as it was taken; kept as `redis.json` among the files of the manifest. */
import type { KeyCount } from './key-count.ts';

/** Each can be restored without the other. */
export type RestoreSource = 'snapshot' | 'append-only';

export interface TakenRedisBackup {
  /** Id of the node that it was copied from. */
  readonly node: string;
  readonly holds: readonly RestoreSource[];
  /** So many databases its server is set up for. */
  readonly databases: number;
  /** Keys in the snapshot, those whose time was over too. */
  readonly snapshotKeys: number;
  /** On the node, while it was taken. */
  readonly counted: KeyCount;
}

/** Where its files are, in the backup and in a data folder. */
export const snapshotFile = 'dump.rdb';
export const appendOnlyFolder = 'appendonlydir';
export const appendOnlyManifest = 'appendonly.aof.manifest';
