/** Gates whose time is over at the same moment: none may be lost, none may close twice, and nobody should wait long. */
import type { Measure } from '../measure.ts';
import { sideBySide } from '../side-by-side.ts';
import { startDue } from '../support/due.ts';

const many = 1_000;
/** Long enough to start them all, and for their reminders to be through. */
const untilManyMs = 75_000;
const few = 50;
const untilFewMs = 6_000;
const title = 'workflows that sleep until then';

export const timersDueTogether: Measure = {
  id: 'timers-due-together',
  title: '1,000 gates due at the same moment, each closed once',
  unit: '/s',
  goal: 'at least 80 a second, none lost, none twice',
  meets: ({ median }) => median >= 80,
  async run(tidy) {
    const dueTogether = await startDue(tidy);
    const rate = (lates: readonly number[]): number => many / (Math.max(...lates) / 1_000);
    return sideBySide({
      rounds: 1,
      warmUp: 0,
      ours: async () => rate(await dueTogether('gateDue', many, untilManyMs)),
      against: { title, run: async () => rate(await dueTogether('sleepDue', many, untilManyMs)) },
    });
  },
};

export const fiftyTimers: Measure = {
  id: 'fifty-timers',
  title: '50 gates due at the same moment → the last of them closed',
  unit: 'ms',
  goal: 'never more than 2,000 ms',
  meets: ({ p99 }) => p99 <= 2_000,
  async run(tidy) {
    const dueTogether = await startDue(tidy);
    return sideBySide({
      rounds: 5,
      warmUp: 1,
      ours: async () => Math.max(...(await dueTogether('gateDue', few, untilFewMs))),
      against: { title, run: async () => Math.max(...(await dueTogether('sleepDue', few, untilFewMs))) },
    });
  },
};
