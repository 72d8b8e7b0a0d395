/** Redis servers over the network, by the client library `@redis/client`. */
import type { Redis } from '../../activities/ports/redis.ts';
import { orFailure } from '../no-answer.ts';
import type { ReadSecret } from '../secrets.ts';
import { lookAtNode } from './look-at-node.ts';
import { inSession } from './session.ts';

const countMs = 20_000;
const writeMs = 5_000;
/** Keys that the server looks at in one go; others get their turn in between. */
const keysAtOnce = 1_000;
const ownKey = 'okiagari:verification';
/** Should we die between writing and removing it. */
const ownKeySeconds = 10;

export const createRedis = (secret: ReadSecret): Redis => ({
  look: (node, login, signal) => lookAtNode({ node, login }, secret, signal),

  count: (node, login, patterns, signal) =>
    orFailure(node.id, () =>
      inSession({ node, login }, { secret, ms: countMs, signal }, async (client) => {
        const found: number[] = [];
        for (const { pattern, atLeast } of patterns) {
          // Cursors may bring a key twice.
          const keys = new Set<string>();
          for await (const some of client.scanIterator({ MATCH: pattern, COUNT: keysAtOnce })) {
            for (const key of some) keys.add(key);
            if (keys.size >= atLeast) break;
          }
          found.push(keys.size);
        }
        // A verification beside this one may have its key there just now.
        const [all, own] = await Promise.all([client.dbSize(), client.exists(ownKey)]);
        return { keys: all - own, found };
      }),
    ),

  write: (node, login, signal) =>
    orFailure(node.id, async () => {
      const from = performance.now();
      await inSession({ node, login }, { secret, ms: writeMs, signal }, async (client) => {
        await client.set(ownKey, 'written', { expiration: { type: 'EX', value: ownKeySeconds } });
        await client.del(ownKey);
      });
      return performance.now() - from;
    }),
});
