/** Whose files a worker reads itself: of a node that a command reaches, a folder of the same name here is another server's. */
import type { RedisNode } from '../../activities/ports/redis.ts';
import type { RedisControlSettings } from '../../activities/ports/redis-control.ts';

export const localControl = ({ control }: RedisNode): RedisControlSettings | undefined =>
  control?.kind === 'local' ? control : undefined;
