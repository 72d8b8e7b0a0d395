/** An attack: sources of their own addresses that send as fast as they are answered, and people who send beside them. */
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestProxy } from './proxy.ts';

export interface Flood {
  /** By status; 0 where nobody answered. */
  readonly statuses: ReadonlyMap<number, number>;
  count(status: number): number;
  /** Twice is fine. */
  stop(): Promise<void>;
}

interface FloodOptions {
  readonly from: readonly string[];
  /** Pause between two requests of a source; an attacker makes a short one, so that the machine can still work. */
  readonly everyMs?: number;
  /** A source gives up when it was turned away so often. */
  readonly givesUpAfter?: number;
}

export function startFlood(
  proxies: readonly Pick<TestProxy, 'port'>[],
  { from, everyMs = 5, givesUpAfter = Infinity }: FloodOptions,
): Flood {
  const statuses = new Map<number, number>();
  const over = new AbortController();
  const send = async ({ port }: Pick<TestProxy, 'port'>, source: string): Promise<void> => {
    for (let turnedAway = 0; !over.signal.aborted && turnedAway < givesUpAfter;) {
      const status = await getFrom(source, port);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 403 || status === 429) turnedAway += 1;
      await delay(everyMs);
    }
  };
  const work = proxies.flatMap((proxy) => from.map((source) => send(proxy, source)));
  return {
    statuses,
    count: (status) => statuses.get(status) ?? 0,
    async stop() {
      over.abort();
      await Promise.all(work);
    },
  };
}

/** One request on a connection of its own. */
const getFrom = (localAddress: string, port: number): Promise<number> =>
  new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, localAddress, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode!));
      response.on('error', () => resolve(0));
    });
    asked.on('error', () => resolve(0));
    asked.end();
  });
