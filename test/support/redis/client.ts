/** A connection of a test to a Redis server: one try, and commands only while it is open. */
import { RedisClient, type RedisClientOptions } from '@redis/client';

/** Made once: each `createClient` writes a class of all commands anew, which costs far more than a command. */
const makeClient = RedisClient.factory();

/** Not yet connected; whoever makes it destroys it. */
export function redisClient(socket: RedisClientOptions['socket'], password?: string) {
  const client = makeClient({
    ...(password !== undefined && { password }),
    ...(socket && { socket }),
    disableOfflineQueue: true,
  });
  client.on('error', () => undefined);
  return client;
}
