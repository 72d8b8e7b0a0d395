/** The machines of Redis servers, each where its `control` says: here, or by its command. */
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { RedisControl } from '../../activities/ports/redis-control.ts';
import { route } from '../node/route.ts';
import { createLocalRedis } from './local-redis.ts';

/** A look that takes longer says as much as none. The command of `start` has its own limit there. */
const limits = { look: 5_000, readFollowing: 5_000, listFiles: 20_000, start: 40_000 };

export const createRedisNodes = (commands: CommandRunner): RedisControl =>
  route(createLocalRedis(commands), { kind: 'redis', limits });
