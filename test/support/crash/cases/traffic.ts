/** Proxies as crash cases: what happened is read from them, and from what users got the whole time. */
import { startUsers } from '../../haproxy/client.ts';
import { startTrafficStack, type TrafficBed } from '../../haproxy/stack.ts';
import type { CrashCase, Wreck } from '../case.ts';

interface TrafficCase {
  /** Cancelled there, the split must be exactly as before. */
  readonly cancelAt?: string;
}

export const trafficCase = ({ cancelAt }: TrafficCase): CrashCase => ({
  scenario: 'traffic-shift',
  world: new URL('../worlds/product.ts', import.meta.url),
  ends: cancelAt === undefined ? 'recovered' : 'rolled-back',
  ...(cancelAt !== undefined && { cancelAt }),
  async open(server, runWorker) {
    const stack = await startTrafficStack(server, runWorker);
    const fields = { dwell: '200ms', thresholds: { latency: '30s' } };
    // The API reads the inventory as it starts, and there is none before the first proxies.
    let last = await stack.traffic({ proxies: 2, fields });
    return {
      env: { OKIAGARI_INVENTORY: stack.inventoryFile, OKIAGARI_DATA: stack.data },
      stop: () => stack.stop(),
      async wreck() {
        await last.stop();
        last = await stack.traffic({ proxies: 2, fields });
        return wreck(last, cancelAt === undefined ? 'prod 0 drain, dr 100 ready' : 'prod 83 ready, dr 0 ready');
      },
    };
  },
});

async function wreck(bed: TrafficBed, wanted: string): Promise<Wreck> {
  for (const proxy of bed.proxies) await proxy.ask('set server be/prod weight 83');
  const users = startUsers(bed.proxies, { each: 1, everyMs: 50 });

  return {
    target: bed.id,
    input: { side: 'dr', steps: [50] },
    watch: () => undefined,
    async faults() {
      await users.stop();
      const splits = await bed.splits();
      const lost = users.lost.map(({ proxy, status, by }) => `${status} ${by.slice(0, 40)} at ${proxy}`);
      for (const proxy of bed.proxies) {
        await proxy.kill();
        await proxy.start();
      }
      const restarted = await bed.splits();
      return [
        ...splits.flatMap((split, n) => (split === wanted ? [] : [`${bed.proxies[n]!.id} has ${split}`])),
        ...(lost.length === 0
          ? []
          : [`users lost ${lost.length} of ${users.answers.length} requests: ${[...new Set(lost)].join(', ')}`]),
        ...(users.answers.length > 0 ? [] : ['no user asked anything']),
        ...restarted.flatMap((split, n) => (split === wanted ? [] : [`restarted, ${bed.proxies[n]!.id} has ${split}`])),
      ];
    },
  };
}
