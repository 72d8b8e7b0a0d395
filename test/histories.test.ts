/** What every recorded history must show: no failed task, a summary on everything that the Temporal UI draws, nothing of the machine. */
import { describe, expect, test } from 'vitest';
import { attributesOf, recordedHistories, summaryOf, typeOf, type HistoryEvent } from './support/histories.ts';

const recorded = [...recordedHistories(''), ...recordedHistories('toys')];

describe.each(recorded)('the history $name', ({ history: { events } }) => {
  const of = (type: string): HistoryEvent[] => events.filter((event) => typeOf(event) === type);
  const unnamed = (type: string): string[] =>
    of(type)
      .filter((event) => summaryOf(event) === '')
      .map(({ eventId }) => eventId);

  test('has no workflow task that failed or timed out', () => {
    expect([...of('WORKFLOW_TASK_FAILED'), ...of('WORKFLOW_TASK_TIMED_OUT')]).toEqual([]);
  });
  test('has a summary on the workflow, and on every activity, timer and child', () => {
    for (const type of ['ACTIVITY_TASK_SCHEDULED', 'TIMER_STARTED', 'START_CHILD_WORKFLOW_EXECUTION_INITIATED']) {
      expect([type, unnamed(type)]).toEqual([type, []]);
    }
  });
  test('says of every activity what is done to which target', () => {
    const summaries = of('ACTIVITY_TASK_SCHEDULED').map((event) => summaryOf(event));
    expect(summaries.filter((summary) => !/^[a-z][a-z ]+ · [a-z0-9-]+$/.test(summary))).toEqual([]);
  });
  test('is that of a finished workflow with fewer than 2,000 events', () => {
    expect(typeOf(events.at(-1)!)).toMatch(/^WORKFLOW_EXECUTION_(COMPLETED|FAILED)$/);
    expect(events.length).toBeLessThan(2_000);
    expect(events.map(({ eventId }) => Number(eventId))).toEqual(events.map((_, at) => at + 1));
  });
  test('tells nothing of the machine it was recorded on', () => {
    const text = JSON.stringify(events);
    expect(text.match(/"identity":"(?!recorded")[^"]*"/)).toBeNull();
    expect(text.match(/"stackTrace":"[^"]+"/)).toBeNull();
  });
  test('gives a dead worker away within seconds: short tasks, short or heartbeating activities', () => {
    const start = attributesOf(events[0]!) as { workflowTaskTimeout?: string };
    expect(start.workflowTaskTimeout).toBe('2s');
    const slow = of('ACTIVITY_TASK_SCHEDULED').filter((event) => {
      const { startToCloseTimeout, heartbeatTimeout } = attributesOf(event) as Record<string, string | undefined>;
      const heartbeat = Number.parseFloat(heartbeatTimeout ?? '0');
      return Number.parseFloat(startToCloseTimeout!) > 2 && !(heartbeat > 0 && heartbeat <= 1.5);
    });
    expect(slow).toEqual([]);
  });
});

test('there are histories, of ours and of the toys', () => {
  expect(recordedHistories('toys').length).toBeGreaterThan(20);
});
