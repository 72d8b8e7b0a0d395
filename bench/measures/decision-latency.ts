/** From the moment a decision is sent to the first line of the work that waited for it. */
import { performance } from 'node:perf_hooks';
import type { Measure } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';
import { startAnswering } from '../support/raw.ts';
import { startToys, type Toys } from '../support/toys.ts';
import { pingUpdate } from '../workflows/raw.ts';

/** Recoveries that wait at a gate at the same time: enough that a round does not begin with a wait. */
const targets = Array.from({ length: 20 }, (_, n) => `asks-${n}`);
const rounds = 100;

export const decisionLatency: Measure = {
  id: 'decision-latency',
  title: 'A decision sent → the approved work has begun',
  unit: 'ms',
  goal: 'p99 at most 100 ms',
  meets: ({ p99 }) => p99 <= 100,
  async run(tidy) {
    const asking = targets.map((id) => `  - { id: ${id}, kind: toy, approvals: { set: { always: true } } }\n`);
    const toys = await startToys(tidy, asking.join(''));
    const raw = await startAnswering(tidy, toys);
    const waiting: Promise<string>[] = [];
    const park = async (target: string): Promise<string> => {
      // Another value each time, so that there is something to apply.
      const value = (toys.world.read(target) % 1_000) + 1;
      const id = await toys.start({ scenario: 'toy-set', target, input: { value } });
      await toys.gate(id, 'set');
      return id;
    };
    return sideBySide({
      rounds,
      warmUp: targets.length,
      async ours() {
        if (waiting.length === 0) waiting.push(...targets.map(park));
        // All of them wait before the first is decided: the machine is not busy with parking the others.
        await Promise.all(waiting);
        const id = await waiting.shift()!;
        const took = await decide(toys, id);
        await toys.result(id);
        return took;
      },
      against: { title: 'a raw update and its answer', run: () => timed(() => raw.executeUpdate(pingUpdate)) },
    });
  },
};

async function decide(toys: Toys, id: string): Promise<number> {
  const approve = await toys.readyToApprove(id);
  const begun = new Promise<number>((resolve) => toys.world.hooks.set('applySet', () => resolve(performance.now())));
  const from = performance.now();
  const [at] = await Promise.all([begun, approve()]);
  return at - from;
}
