/** What every recorded history must show: nothing failed unseen, a summary on everything that is drawn, nothing of the machine. */
import { describe, expect, test } from 'vitest';
import { faultsOf, recordedHistories, typeOf } from './support/histories.ts';

const recorded = [...recordedHistories(''), ...recordedHistories('toys')];

test('there are histories of every word', () => {
  expect(recordedHistories('toys').length).toBeGreaterThan(30);
});

describe.each(recorded)('the history $name', ({ history }) => {
  const { events } = history;

  test('has no failed task, a summary wherever the Temporal UI shows one, and no timeout that hides a dead worker', () => {
    expect(faultsOf(history)).toEqual([]);
  });
  test('is whole: from the start to the end, no event missing', () => {
    expect(typeOf(events[0]!)).toBe('WORKFLOW_EXECUTION_STARTED');
    expect(typeOf(events.at(-1)!)).toMatch(/^WORKFLOW_EXECUTION_(COMPLETED|FAILED)$/);
    expect(events.map(({ eventId }) => Number(eventId))).toEqual(events.map((_, at) => at + 1));
  });
  test('tells nothing of the machine it was recorded on', () => {
    const text = JSON.stringify(events);
    expect(text.match(/"\d+@[^"]*"/)).toBeNull();
    expect(text.match(/"stackTrace":"[^"]+"/)).toBeNull();
    const payloads = [...text.matchAll(/"data":"([^"]*)"/g)].map(([, data]) => Buffer.from(data!, 'base64').toString());
    expect([text, ...payloads].filter((one) => /\/(tmp|var|home|root|Users|work)\//.test(one))).toEqual([]);
  });
});
