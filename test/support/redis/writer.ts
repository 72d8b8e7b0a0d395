/** A client that writes and writes, and notes what was acknowledged by whom, and when. */
import { setTimeout as delay } from 'node:timers/promises';
import { redisClient } from './client.ts';
import type { TestRedis } from './server.ts';

/** Others need the processor too, and a login costs more of it than a write. */
const betweenMs = 3;
const againMs = 25;

export interface Writer {
  readonly acknowledged: readonly { readonly key: string; readonly node: string; readonly at: number }[];
  stop(): Promise<void>;
}

/** Stays with one server as long as that takes its writes, then tries the next; with one alone it is pinned to it. */
export function startWriter(name: string, servers: readonly TestRedis[], password: string): Writer {
  const acknowledged: { key: string; node: string; at: number }[] = [];
  const over = new AbortController();
  const { signal } = over;
  const writeTo = async (node: TestRedis): Promise<void> => {
    const client = redisClient(node.socket, password);
    try {
      await client.connect();
      while (!signal.aborted) {
        const key = `${name}:${acknowledged.length}`;
        await client.set(key, 'x');
        acknowledged.push({ key, node: node.id, at: performance.now() });
        await delay(betweenMs);
      }
    } catch {
      // It is gone, or a replica now: the next one may take it.
    } finally {
      client.destroy();
    }
  };
  const work = (async () => {
    for (let n = 0; !signal.aborted; n++) {
      await writeTo(servers[n % servers.length]!);
      await delay(againMs);
    }
  })();
  return {
    acknowledged,
    async stop() {
      over.abort();
      await work;
    },
  };
}
