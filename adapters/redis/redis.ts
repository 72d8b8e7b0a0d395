/** Redis servers over the network, by the client library `@redis/client`. */
import type { Redis } from '../../activities/ports/redis.ts';
import { orFailure } from '../no-answer.ts';
import type { ReadSecret } from '../secrets.ts';
import { lookAtNode } from './look-at-node.ts';
import { ownKey, writeOwnKey } from './own-key.ts';
import { readKeyspace } from './keyspace.ts';
import { createRoles, markKey } from './roles.ts';
import { inSession } from './session.ts';

const countMs = 20_000;
const askMs = 5_000;
const writeMs = 5_000;
/** Keys that the server looks at in one go; others get their turn in between. */
const keysAtOnce = 1_000;

export const createRedis = (secret: ReadSecret): Redis => ({
  ...createRoles(secret),

  look: (node, access, signal) => lookAtNode({ node, access }, secret, signal),

  count: (node, access, patterns, signal) =>
    orFailure(node.id, () =>
      inSession({ node, access }, { secret, ms: countMs, signal }, async (client) => {
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
        // A verification beside this one may have its key there just now, and a failover its mark.
        const [all, own] = await Promise.all([client.dbSize(), client.exists([ownKey, markKey])]);
        return { keys: all - own, found };
      }),
    ),

  keyspace: (node, access, signal) =>
    orFailure(node.id, () => inSession({ node, access }, { secret, ms: askMs, signal }, readKeyspace)),

  write: (node, access, signal) =>
    orFailure(node.id, async () => {
      const from = performance.now();
      await inSession({ node, access }, { secret, ms: writeMs, signal }, writeOwnKey);
      return performance.now() - from;
    }),
});
