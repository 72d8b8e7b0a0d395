/** The honest clock: its parts make the total, whatever is said about the times, and every moment is counted once. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitTime, type Stretch } from '../../domain/clock.ts';

const minute = 60_000;
const at = (minutes: number): number => 1_700_000_000_000 + minutes * minute;
const stretch = (from: number, to?: number): Stretch => ({ from: at(from), ...(to !== undefined && { to: at(to) }) });
const minutesOf = (timing: ReturnType<typeof splitTime>) =>
  Object.fromEntries(Object.entries(timing).map(([part, ms]) => [part.replace('Ms', ''), ms / minute]));

describe('the time of a recovery', () => {
  test('is detection, decision, waiting at gates, and the machine for the rest', () => {
    const timing = splitTime({
      brokenSince: at(0),
      detectedAt: at(5),
      startedAt: at(7),
      until: at(20),
      approvals: [stretch(9, 12)],
      decisions: [stretch(14, 15)],
    });
    expect(minutesOf(timing)).toEqual({ detection: 5, decision: 2 + 1, approval: 3, machine: 9, total: 20 });
  });
  test('begins with the start when nothing is known of before', () => {
    const timing = splitTime({ startedAt: at(7), until: at(9), approvals: [], decisions: [] });
    expect(minutesOf(timing)).toEqual({ detection: 0, decision: 0, approval: 0, machine: 2, total: 2 });
  });
  test('begins with the detection when nobody knows since when it is broken', () => {
    const timing = splitTime({ detectedAt: at(1), startedAt: at(4), until: at(6), approvals: [], decisions: [] });
    expect(minutesOf(timing)).toEqual({ detection: 0, decision: 3, approval: 0, machine: 2, total: 5 });
  });
  test('counts everything before the start as detection when only the break is known', () => {
    const timing = splitTime({ brokenSince: at(0), startedAt: at(4), until: at(6), approvals: [], decisions: [] });
    expect(minutesOf(timing)).toEqual({ detection: 4, decision: 0, approval: 0, machine: 2, total: 6 });
  });
  test('counts a wait that lasts up to now', () => {
    const timing = splitTime({ startedAt: at(0), until: at(10), approvals: [stretch(4)], decisions: [] });
    expect(minutesOf(timing)).toMatchObject({ approval: 6, machine: 4 });
  });
  test('counts two gates that wait together once', () => {
    const approvals = [stretch(1, 5), stretch(3, 8), stretch(4, 5)];
    expect(minutesOf(splitTime({ startedAt: at(0), until: at(10), approvals, decisions: [] }))).toMatchObject({
      approval: 7,
      machine: 3,
    });
  });
  test('counts a moment in which a gate and a failed step wait as approval, once', () => {
    const timing = splitTime({
      startedAt: at(0),
      until: at(10),
      approvals: [stretch(2, 6)],
      decisions: [stretch(4, 8)],
    });
    expect(minutesOf(timing)).toMatchObject({ approval: 4, decision: 2, machine: 4 });
  });
  test('leaves out what waits after the verified moment', () => {
    const timing = splitTime({ startedAt: at(0), until: at(5), approvals: [stretch(4, 9)], decisions: [stretch(6, 7)] });
    expect(minutesOf(timing)).toMatchObject({ approval: 1, decision: 0, machine: 4, total: 5 });
  });
  test('does not turn negative when a report says it was detected after the start, or broke after it was detected', () => {
    const late = splitTime({
      brokenSince: at(9),
      detectedAt: at(8),
      startedAt: at(7),
      until: at(10),
      approvals: [],
      decisions: [],
    });
    expect(minutesOf(late)).toEqual({ detection: 0, decision: 0, approval: 0, machine: 3, total: 3 });
  });
});

describe('for any times at all', () => {
  const time = fc.integer({ min: 0, max: 10_000 });
  const stretches = fc.array(
    fc.record({ from: time, to: time }, { requiredKeys: ['from'] }).map(({ from, to }) => ({
      from,
      ...(to !== undefined && { to: Math.max(from, to) }),
    })),
    { maxLength: 8 },
  );
  const input = fc.record(
    { brokenSince: time, detectedAt: time, startedAt: time, until: time, approvals: stretches, decisions: stretches },
    { requiredKeys: ['startedAt', 'until', 'approvals', 'decisions'] },
  ) as fc.Arbitrary<Parameters<typeof splitTime>[0]>;

  test('the parts sum to the total and nothing is negative', () => {
    fc.assert(
      fc.property(input, (times) => {
        const { totalMs, ...parts } = splitTime(times);
        expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(totalMs);
        for (const part of [totalMs, ...Object.values(parts)]) expect(part).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1_000 },
    );
  });
  test('every millisecond of the run is counted as what it was: a gate first, then a failed step, else the machine', () => {
    const short = fc.integer({ min: 0, max: 60 });
    const few = fc.array(
      fc.tuple(short, short).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(few, few, short, (approvals, decisions, until) => {
        const within = (list: Stretch[], ms: number) => list.some(({ from, to }) => from <= ms && ms < to!);
        const milliseconds = Array.from({ length: until }, (_, ms) => ms);
        const approval = milliseconds.filter((ms) => within(approvals, ms)).length;
        const decision = milliseconds.filter((ms) => within(decisions, ms) && !within(approvals, ms)).length;
        expect(splitTime({ startedAt: 0, until, approvals, decisions })).toEqual({
          detectionMs: 0,
          decisionMs: decision,
          approvalMs: approval,
          machineMs: until - approval - decision,
          totalMs: until,
        });
      }),
      { numRuns: 500 },
    );
  });
  test('the order in which waits are told does not matter', () => {
    fc.assert(
      fc.property(input, (times) => {
        const turned = { ...times, approvals: times.approvals.toReversed(), decisions: times.decisions.toReversed() };
        expect(splitTime(turned)).toEqual(splitTime(times));
      }),
    );
  });
});
