/** The machine of a Redis server, for what no command can tell or do. */
import type { RedisSettings } from '../../contracts/redis-settings.ts';
import type { Processes } from '../../domain/redis/fence-plan.ts';
import type { Address } from '../../domain/redis/following.ts';
import type { CommandResult } from './command-runner.ts';
import type { Place } from './file-tree.ts';

export type RedisControlSettings = NonNullable<RedisSettings['nodes'][number]['control']>;

export interface ControlledRedis {
  readonly host: string;
  readonly port: number;
  readonly control: RedisControlSettings;
}

/** Every method throws where the machine cannot be asked. */
export interface RedisControl {
  /**
   * Throws where it cannot be certain: the host is not this machine, the folder is not there, is not ours to look into, or
   * belongs to a server on another port. Reads only.
   */
  look(node: ControlledRedis, signal?: AbortSignal): Promise<Processes>;
  /**
   * Kills every process of the server, frozen ones too, has its service stopped where the inventory says how, and waits until none
   * is left; nobody is woken. Throws as `look` does, where it is started again for longer than 10 s, and where its service
   * cannot be told, which its processes do not survive either. Twice is fine.
   */
  kill(node: ControlledRedis, signal?: AbortSignal): Promise<void>;
  /** Runs the command of the inventory, in bounded time. Never throws for what it does, nor waits for the server. */
  start(node: ControlledRedis, signal?: AbortSignal): Promise<CommandResult>;
  /** Whom the configuration says in a block of ours, as text of a line; undefined where there is none. Reads only. */
  readFollowing(node: ControlledRedis, signal?: AbortSignal): Promise<string | undefined>;
  /** Writes that block. Nothing happens where no configuration is named. Twice is fine. Failures are Node's own. */
  setFollowing(node: ControlledRedis, address: Address, signal?: AbortSignal): Promise<void>;
  /** Takes that block out, as `setFollowing` writes it. */
  clearFollowing(node: ControlledRedis, signal?: AbortSignal): Promise<void>;
  /** Snapshot and append-only file on the disk, relative to the data folder. Reads only. */
  listFiles(node: ControlledRedis, signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * Copies these files into a folder of its machine and compares them. A copy that is whole is not made again: by then the files
   * may be somebody else's. Failures are Node's own.
   */
  keepFiles(node: ControlledRedis, into: Place, signal?: AbortSignal): Promise<void>;
  /** What redis-check-rdb and redis-check-aof say of them: the exit code, and their last words. Undefined where the program is not there. Reads only. */
  readIntegrity(
    node: ControlledRedis,
    file: string,
    signal?: AbortSignal,
  ): Promise<{ readonly exitCode: number; readonly said: string } | undefined>;
}
