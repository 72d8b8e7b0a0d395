/** A whole recovery of twenty empty steps: lease, ledger, verification and record included. */
import type { Measure } from '../measure.ts';
import { sideBySide } from '../side-by-side.ts';
import { startToys } from '../support/toys.ts';

export const twentySteps: Measure = {
  id: 'twenty-steps',
  title: 'A recovery of 20 empty steps, start to result',
  unit: 'ms',
  goal: 'at most 500 ms',
  meets: ({ median }) => median <= 500,
  async run(tidy) {
    const toys = await startToys(tidy);
    return sideBySide({
      rounds: 15,
      warmUp: 3,
      ours: () => toys.steps(20),
      against: { title: 'a workflow of 20 raw activities', run: () => toys.rawActivities(20) },
    });
  },
};
