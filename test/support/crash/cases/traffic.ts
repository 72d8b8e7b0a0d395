/** Proxies as crash cases: what happened is read from them, and from what users got the whole time. */
import { startUsers } from '../../haproxy/client.ts';
import type { TrafficBed, TrafficStack } from '../../haproxy/stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { proxiesPlace } from '../places.ts';

interface TrafficCase {
  /** Cancelled there, the split must be exactly as before. */
  readonly cancelAt?: string;
}

export const trafficCase = ({ cancelAt }: TrafficCase): CrashCase<TrafficStack> => ({
  ...{ scenario: 'traffic-shift', place: proxiesPlace, cancelAt },
  async wreck(stack) {
    const bed = await stack.traffic({ proxies: 2, fields: { dwell: '200ms', thresholds: { latency: '30s' } } });
    return wreck(bed, cancelAt === undefined ? 'prod 0 drain, dr 100 ready' : 'prod 83 ready, dr 0 ready');
  },
});

async function wreck(bed: TrafficBed, wanted: string): Promise<Wreck> {
  for (const proxy of bed.proxies) await proxy.ask('set server be/prod weight 83');
  const users = startUsers(bed.proxies, { each: 1, everyMs: 50 });

  return {
    target: bed.id,
    input: { side: 'dr', steps: [50] },
    stop: () => bed.stop(),
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
