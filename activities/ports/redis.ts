/** Redis servers as a login of ours sees them over the network. */
import type { RedisSettings } from '../../contracts/redis-settings.ts';
import type { NodeReport } from '../../domain/redis/node-report.ts';

export type RedisNode = RedisSettings['nodes'][number];
type Login = RedisSettings['login'];

export interface Redis {
  /** One look, in bounded time. Never throws for what the server does or does not do. Reads only. */
  look(node: RedisNode, login: Login, signal?: AbortSignal): Promise<NodeReport>;
  /** All keys of the first database, and of each pattern as many as were wanted at most. Reads only. Fails: database-refused. */
  count(
    node: RedisNode,
    login: Login,
    patterns: RedisSettings['expectedKeys'],
    signal?: AbortSignal,
  ): Promise<{ readonly keys: number; readonly found: readonly number[] }>;
  /** Writes a key of our own and removes it; the milliseconds from login to removal. Fails: database-refused. */
  write(node: RedisNode, login: Login, signal?: AbortSignal): Promise<number>;
}
