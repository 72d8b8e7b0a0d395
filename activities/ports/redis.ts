/** Redis servers as a login of ours sees them over the network. */
import type { RedisSettings } from '../../contracts/redis-settings.ts';
import type { Address } from '../../domain/redis/following.ts';
import type { RestoredKeys } from '../../domain/redis/key-count.ts';
import type { NodeReport } from '../../domain/redis/node-report.ts';

export type RedisNode = RedisSettings['nodes'][number];
/** As whom, and how. */
export type Access = Pick<RedisSettings, 'login' | 'tls'>;

/** `isPersisted`: the server wrote it into its configuration, so that it holds after a restart. */
interface RoleChange {
  readonly isPersisted: boolean;
}

interface Promotion extends RoleChange {
  readonly already: boolean;
  /** Milliseconds from its role to its first write, or why that was refused: it may want replicas first. */
  readonly write: { readonly ms: number } | { readonly refused: string };
}

export interface Redis {
  /** One look, in bounded time. Never throws for what the server does or does not do. Reads only. */
  look(node: RedisNode, access: Access, signal?: AbortSignal): Promise<NodeReport>;
  /** All keys of the first database, and of each pattern as many as were wanted at most. Reads only. Fails: database-refused. */
  count(
    node: RedisNode,
    access: Access,
    patterns: RedisSettings['expectedKeys'],
    signal?: AbortSignal,
  ): Promise<{ readonly keys: number; readonly found: readonly number[] }>;
  /** Keys of each database that has any, and what became of those whose time was over. Reads only. Fails: database-refused. */
  keyspace(node: RedisNode, access: Access, signal?: AbortSignal): Promise<Omit<RestoredKeys, 'patterns'>>;
  /** Writes a key of our own and removes it; the milliseconds from login to removal. Fails: database-refused. */
  write(node: RedisNode, access: Access, signal?: AbortSignal): Promise<number>;
  /**
   * Makes a master a read-only replica of nobody. Before that a mark is written and waited for, then writes rest until `successor`
   * has all; where it does not get there in time writes go on and it fails, or with `evenIfBehind` it goes on all the same. Twice is fine: a replica stays
   * one. Fails: database-refused, replica-behind.
   */
  demote(
    node: RedisNode,
    access: Access,
    how: { readonly successor: RedisNode; readonly mark: string; readonly evenIfBehind: boolean },
    signal?: AbortSignal,
  ): Promise<RoleChange>;
  /** Whether a replica takes writes of its own. Twice is fine. Fails: database-refused. */
  setReadOnly(node: RedisNode, access: Access, isReadOnly: boolean, signal?: AbortSignal): Promise<void>;
  /** Makes it a master, and at once writes a key of our own and removes it; a master stays one. Fails: database-refused. */
  promote(node: RedisNode, access: Access, signal?: AbortSignal): Promise<Promotion>;
  /** Makes it a read-only replica of that address. What it holds beyond is replaced. Twice is fine. Fails: database-refused. */
  follow(node: RedisNode, access: Access, master: Address, signal?: AbortSignal): Promise<RoleChange>;
  /** Writes what it holds into its snapshot. Fails: database-refused. */
  save(node: RedisNode, access: Access, signal?: AbortSignal): Promise<void>;
  /** The mark of the last `demote` that it has; null where it has none. Reads only. Fails: database-refused. */
  readMark(node: RedisNode, access: Access, signal?: AbortSignal): Promise<string | null>;
}
