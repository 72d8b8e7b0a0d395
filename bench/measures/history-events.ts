/** How long the histories of recoveries get: one that grew too long would slow its replay down, and in the end Temporal would end it. */
import { nextMoment } from '../../domain/gate-moments.ts';
import { recordedHistories, summaryOf, typeOf, type History } from '../../test/support/histories.ts';
import { fetchHistory } from '../../test/support/record-history.ts';
import type { Measure } from '../measure.ts';
import { startToys } from '../support/toys.ts';

const weekMs = 7 * 24 * 3_600_000;
/** The shortest distance of a first reminder that the kernel takes. */
const remindMs = 60_000;

export const historyEvents: Measure = {
  id: 'history-events',
  title: 'Events in the history of a recovery: each recorded one, 20 steps, a week at a gate',
  unit: 'events',
  goal: 'never more than 2,000',
  meets: ({ p99 }) => p99 <= 2_000,
  async run(tidy) {
    const toys = await startToys(tidy, '  - { id: asks, kind: toy, approvals: { set: { always: true, within: 6s } } }\n');
    const historyOf = (workflowId: string): Promise<History> => fetchHistory(toys.client.workflow.getHandle(workflowId));
    const steps = await toys.start({ scenario: 'toy-steps', target: 'steps', input: { steps: 20 } });
    await toys.result(steps);
    const asks = await toys.start({ scenario: 'toy-set', target: 'asks', input: { value: 1 } });
    await toys.result(asks);
    const atGate = await historyOf(asks);
    const recorded = recordedHistories('').map(({ history }) => history.events.length);
    return {
      ours: [
        ...recorded,
        (await historyOf(steps)).events.length,
        atGate.events.length + remindersOfAWeek() * eventsOfAReminder(atGate),
      ],
    };
  },
};

/** From the first reminder to the second: the timer, the message, and the tasks between them. */
function eventsOfAReminder({ events }: History): number {
  const reminders = events.flatMap((event, n) =>
    typeOf(event) === 'TIMER_STARTED' && summaryOf(event).startsWith('reminder') ? [n] : [],
  );
  const [first, second] = reminders;
  if (first === undefined || second === undefined) throw new Error('the gate reminded nobody');
  return second - first;
}

function remindersOfAWeek(): number {
  let count = 0;
  for (let after = 0; after < weekMs; count++) after = nextMoment({ since: 0, withinMs: null, remindMs }, after).at;
  return count;
}
