/** Redis servers as a login of ours sees them over the network. */
import type { RedisSettings } from '../../contracts/redis-settings.ts';
import type { NodeReport } from '../../domain/redis/node-report.ts';

export type RedisNode = RedisSettings['nodes'][number];

export interface Redis {
  /** One look, in bounded time. Never throws for what the server does or does not do. Reads only. */
  look(node: RedisNode, login: RedisSettings['login'], signal?: AbortSignal): Promise<NodeReport>;
}
