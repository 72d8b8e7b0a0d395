/** When people are reminded, when one may go on alone, when a gate's time is over. */
import { describe, expect, test } from 'vitest';
import { closesAt, nextMoment, type StageTime } from '../../domain/gate-moments.ts';

/** The first so many moments of a stage. */
function moments(time: StageTime, count: number): [number, string][] {
  const found: [number, string][] = [];
  for (let after = time.since; found.length < count;) {
    const { at, what } = nextMoment(time, after);
    found.push([at, what]);
    if (what === 'deadline') break;
    after = at;
  }
  return found;
}

describe('a stage with a deadline', () => {
  const time: StageTime = { since: 1_000, withinMs: 300, remindMs: 60_000 };

  test('reminds at a third and at two thirds of its time, then it is over', () => {
    expect(moments(time, 9)).toEqual([
      [1_100, 'reminder'],
      [1_200, 'reminder'],
      [1_300, 'deadline'],
    ]);
  });
  test('says when one may go on alone, in between', () => {
    expect(moments({ ...time, aloneAt: 1_150 }, 9)).toEqual([
      [1_100, 'reminder'],
      [1_150, 'alone'],
      [1_200, 'reminder'],
      [1_300, 'deadline'],
    ]);
  });
  test('says nothing of going on alone that was said in an earlier stage', () => {
    expect(moments({ ...time, aloneAt: 900 }, 9).map(([, what]) => what)).not.toContain('alone');
  });
});

test('without a deadline reminders come at ever longer distances, a dozen in a month', () => {
  const time: StageTime = { since: 0, withinMs: null, remindMs: 300_000 };
  const month = 30 * 86_400_000;
  const all = moments(time, 20);
  expect(all.slice(0, 4)).toEqual([300_000, 900_000, 2_100_000, 4_500_000].map((at) => [at, 'reminder']));
  expect(all.filter(([at]) => at <= month)).toHaveLength(13);
});

test('a gate closes when the time of its last group is over, and never where one group has no limit', () => {
  const stages = [
    { from: ['a'], withinMs: 100 },
    { from: ['b'], withinMs: 200 },
  ];
  expect(closesAt({ stages }, 1_000)).toBe(1_300);
  expect(closesAt({ stages: [...stages, { from: [], withinMs: null }] }, 1_000)).toBeNull();
});
