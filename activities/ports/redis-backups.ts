/** Backups of Redis servers by the programs that come with Redis, and restored servers beside production for the time of one job. */
import type { RedisBackupSettings } from '../../contracts/redis-backup-settings.ts';
import type { RedisSettings } from '../../contracts/redis-settings.ts';
import type { TakenRedisBackup, RestoreSource } from '../../domain/redis/taken-backup.ts';
import type { Text } from '../../domain/text.ts';
import type { RedisNode } from './redis.ts';
import type { ScratchFolder } from './scratch-servers.ts';

/** Servers that declare backups. */
export interface BackedUpServers extends Pick<RedisSettings, 'nodes' | 'login' | 'tls'> {
  readonly backup: RedisBackupSettings;
}

/** All programs run as the owner of the folder of the job. What they say is in the failure, without secrets. */
export interface RedisBackups {
  /** Whether the files of its data folder can be read from here. Reads only. */
  canRead(node: RedisNode): Promise<boolean>;
  /**
   * Copies all keys over the network as `dump.rdb` into the files of the folder, and checks it. May run twice. Fails:
   * backup-tool-failed, database-refused.
   */
  snapshot(
    servers: BackedUpServers,
    node: RedisNode,
    folder: ScratchFolder,
    signal?: AbortSignal,
  ): Promise<Pick<TakenRedisBackup, 'snapshotKeys' | 'databases'>>;
  /**
   * Copies the append-only file as it is at one moment into the files of the folder, and checks it; changes nothing on the server.
   * `why` says why one that is kept could not be copied. May run twice. Fails: scratch-unusable, database-refused.
   */
  appendOnly(
    servers: BackedUpServers,
    node: RedisNode,
    folder: ScratchFolder,
    signal?: AbortSignal,
  ): Promise<{ readonly isHeld: boolean; readonly why?: Text }>;
  /**
   * Checks the files of the folder and makes its `data` of them: a data folder that a server finds its keys in whether its append-only
   * file is on or off. `data` must not exist. Starts nothing. Fails: backup-corrupt, backup-tool-failed.
   */
  restore(servers: BackedUpServers, folder: ScratchFolder, source: RestoreSource, signal?: AbortSignal): Promise<void>;
}

export interface ScratchRedis {
  /** As `ScratchServers.open`, for a job of this process. Fails: scratch-unusable. */
  open(servers: BackedUpServers): Promise<ScratchFolder>;
  /**
   * Starts a server of the restored `data`, on a socket in the folder and without a port, and waits until it has read everything;
   * starting it twice is fine. The node answered takes questions without a login, on this machine alone. Fails:
   * scratch-server-failed, with the server's last words.
   */
  start(servers: BackedUpServers, folder: ScratchFolder, databases: number, signal?: AbortSignal): Promise<RedisNode>;
  /**
   * As `start`, and other servers on this machine may copy it: on a port that is free, with the login of the servers. Fails:
   * scratch-server-failed.
   */
  serve(servers: BackedUpServers, folder: ScratchFolder, databases: number, signal?: AbortSignal): Promise<RedisNode>;
  /** Stops it and removes `data`, so that another one can be restored. Twice is fine. */
  stop(folder: ScratchFolder): Promise<void>;
  /** Stops whatever runs in the folder and removes it. Twice is fine. */
  remove(folder: ScratchFolder): Promise<void>;
}
