/** Ten thousand recoveries wait at their gates: how long a decision on any of them takes to be answered. */
import type { Measure } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';
import { askingTargets, park } from '../support/parking.ts';
import { startAnswering } from '../support/raw.ts';
import { startToys } from '../support/toys.ts';
import { pingUpdate } from '../workflows/raw.ts';

const gates = 10_000;
const rounds = 200;
const warmUp = 5;

export const parkedGates: Measure = {
  id: 'parked-gates',
  title: '10,000 parked gates: a decision on any of them, sent → answered',
  unit: 'ms',
  goal: 'p99 at most 500 ms',
  meets: ({ p99 }) => p99 <= 500,
  async run(tidy) {
    const targets = Array.from({ length: gates }, (_, n) => `asks-${n}`);
    const toys = await startToys(tidy, askingTargets(targets));
    await park(toys, targets);
    const raw = await startAnswering(tidy, toys);
    const chosen = spread(targets, rounds + warmUp);
    return sideBySide({
      rounds,
      warmUp,
      async ours(round) {
        const workflowId = `recovery/${chosen[round + warmUp]!}`;
        const approve = await toys.readyToApproveUnseen(workflowId);
        const took = await timed(approve);
        // Its work must not burden the next decision.
        await toys.result(workflowId);
        return took;
      },
      against: {
        title: 'a raw update and its answer, on the same server',
        run: () => timed(() => raw.executeUpdate(pingUpdate)),
      },
    });
  },
};

/** So many of them, from the oldest to the newest, in an order that no cache can guess. */
function spread<T>(all: readonly T[], count: number): T[] {
  const picked = Array.from({ length: count }, (_, n) => all[Math.floor((n * all.length) / count)]!);
  // 89 shares no factor with the count: every one comes once.
  return picked.map((_, n) => picked[(n * 89) % count]!);
}
