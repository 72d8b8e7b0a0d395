/** What one step costs with all of the kernel's bookkeeping, next to a bare activity. */
import type { Measure } from '../measure.ts';
import { sideBySide } from '../side-by-side.ts';
import { startToys } from '../support/toys.ts';

const steps = 20;

export const stepEngine: Measure = {
  id: 'step-engine',
  title: 'One step: activity, ledger, details, memo',
  unit: 'ms',
  goal: 'at most 1.5 × a raw activity',
  meets: ({ ratio = Infinity }) => ratio <= 1.5,
  async run(tidy) {
    const toys = await startToys(tidy);
    // What begins and ends a recovery, or a workflow, is in both and falls out.
    const perStep = async (run: (count: number) => Promise<number>): Promise<number> => {
      const empty = await run(0);
      return ((await run(steps)) - empty) / steps;
    };
    return sideBySide({
      rounds: 15,
      warmUp: 3,
      ours: () => perStep(toys.steps),
      against: { title: 'a raw activity', run: () => perStep(toys.rawActivities) },
    });
  },
};
