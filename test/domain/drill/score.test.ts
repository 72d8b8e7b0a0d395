/** What a drill is worth, read from the state of its recovery. */
import { describe, expect, test } from 'vitest';
import { scoreDrill, type CriterionId } from '../../../domain/drill/score.ts';
import { drillSteps, measuredOf, type Measured } from '../../../domain/drill/words.ts';
import type { RecoveryState, Step } from '../../../domain/recovery.ts';
import { plain } from '../../../domain/text.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 22) + second * 1_000).toISOString();
const step = (name: string, evidence: Step['evidence'] = {}, more: Partial<Step> = {}): Step => ({
  ...{ name, path: '', outcome: 'done', sentence: plain(name), startedAt: at(0), endedAt: at(1), attempts: 1, evidence },
  ...more,
});
const timed = (medianMs: number, failed = 0): Step['evidence'] => ({ requests: 100, failed, medianMs, p95Ms: medianMs * 2 });

interface Told {
  readonly before?: Step['evidence'];
  readonly after?: Step['evidence'];
  readonly status?: RecoveryState['status'];
  readonly rpoAchieved?: number | undefined;
  readonly without?: readonly string[];
  readonly more?: readonly Step[];
}

function stateOf({
  before = timed(10),
  after = timed(10),
  status = 'recovered',
  without = [],
  more = [],
  ...rest
}: Told = {}): RecoveryState {
  const { rpoAchieved } = { rpoAchieved: 0, ...rest };
  const steps = [
    step(drillSteps.prepare, { tolerance: 0.1 }),
    step(drillSteps.before, before),
    step(drillSteps.isolate, {}, { startedAt: at(10) }),
    step(drillSteps.failOver, {}, { startedAt: at(12), endedAt: at(70) }),
    step(drillSteps.after, after),
    step(drillSteps.wayHome, { digest: 'd' }),
    step(drillSteps.verify, { checks: ['a'] }),
    ...more,
  ].filter(({ name }) => !without.includes(name));
  const objectives = { rtoMs: 60_000, rpoMs: 5_000, metRto: true, metRpo: true };
  return {
    status,
    steps,
    objectives: { ...objectives, ...(rpoAchieved !== undefined && { rpoAchieved }) },
  } as unknown as RecoveryState;
}

const verdictOf = (state: RecoveryState, id: CriterionId) => scoreDrill(state).criteria.find((one) => one.id === id)!;

test('all is well: every criterion is met, each with its number', () => {
  const { passed, sentence, criteria } = scoreDrill(stateOf());
  expect([passed, sentence.en, sentence.ja]).toEqual([true, 'Passed.', '合格。']);
  expect(criteria.map(({ id, met, value, limit }) => [id, met, value, limit])).toEqual([
    ['switched', true, undefined, undefined],
    ['data', true, 0, 0],
    ['rto', true, 60_000, 60_000],
    ['rpo', true, 0, 5_000],
    ['checks', true, undefined, undefined],
    ['performance', true, 1, 1.1],
    ['way-home', true, undefined, undefined],
  ]);
});

describe('performance', () => {
  test.each([
    [timed(10), timed(11), true, 1.1],
    [timed(10), timed(11.1), false, 1.11],
    [timed(10), timed(2), true, 0.2],
    [timed(0), timed(0), true, 0],
    [timed(10), timed(5, 1), false, undefined],
    [timed(10, 3), timed(5, 3), true, 0.5],
    [timed(10), { requests: 100, failed: 100 }, false, undefined],
    [{ requests: 100, failed: 100 }, { requests: 100, failed: 100 }, false, undefined],
  ])('from %o to %o: %s', (before, after, met, value) => {
    expect(verdictOf(stateOf({ before, after }), 'performance')).toMatchObject({ met, ...(value !== undefined && { value }) });
  });
  test('missed, the drill is told by it alone', () => {
    const { passed, sentence } = scoreDrill(stateOf({ after: timed(100) }));
    expect([passed, sentence.en]).toEqual([false, 'Failed: performance.']);
    expect(verdictOf(stateOf({ after: timed(100) }), 'performance').sentence.en).toBe(
      'Median 10 ms → 100 ms: 10 times as long, at most 1.1.',
    );
  });
  test('skipped by a person it is not met', () => {
    const { passed, criteria } = scoreDrill(stateOf({ without: [drillSteps.after] }));
    expect([passed, criteria.find(({ id }) => id === 'performance')?.met]).toEqual([false, null]);
  });
});

describe('the loss', () => {
  const chosen = step('choose the successor', { commits: 3, rows: 4 }, { path: 'fail over/move db' });
  test('within the RPO is a loss all the same', () => {
    const state = stateOf({ rpoAchieved: 2_000, more: [chosen] });
    expect(verdictOf(state, 'data')).toMatchObject({ met: false, value: 2_000 });
    expect(verdictOf(state, 'data').sentence.en).toBe('3 commits with at least 4 rows, 2 s of work, were lost.');
    expect(verdictOf(state, 'rpo')).toMatchObject({ met: true, value: 2_000, limit: 5_000 });
  });
  test('of commits within one moment is none of time, and told', () => {
    expect(verdictOf(stateOf({ rpoAchieved: 0, more: [chosen] }), 'data').met).toBe(false);
  });
  test('beyond the RPO misses both', () => {
    const state = stateOf({ rpoAchieved: 5_001 });
    expect([verdictOf(state, 'data').met, verdictOf(state, 'rpo').met]).toEqual([false, false]);
  });
  test('that nobody knows is never a small one', () => {
    const state = stateOf({ rpoAchieved: undefined });
    expect([verdictOf(state, 'data').met, verdictOf(state, 'rpo').met]).toEqual([false, false]);
    expect(verdictOf(state, 'rpo').sentence.en).toBe('Nobody can say how much was lost.');
  });
  test('is not known while it runs', () => {
    expect(verdictOf(stateOf({ status: 'running' }), 'data').met).toBeNull();
  });
});

test('the RTO counts from home being cut off to all of it verified at the other side', () => {
  const late = step(drillSteps.failOver, {}, { endedAt: at(71) });
  const state = stateOf({ without: [drillSteps.failOver], more: [] });
  expect(verdictOf(state, 'rto')).toMatchObject({ met: null, limit: 60_000 });
  expect(verdictOf({ ...state, steps: [...state.steps, late] }, 'rto')).toMatchObject({ met: false, value: 61_000 });
});

test('what ended early has proven nothing; what runs, and what was only planned, has no score', () => {
  expect(scoreDrill(stateOf({ status: 'rolled-back' })).passed).toBe(false);
  expect(scoreDrill(stateOf({ status: 'running' })).passed).toBeNull();
  expect(scoreDrill(stateOf({ status: 'planned' })).passed).toBeNull();
});

test('steps of the recovery inside are not its own', () => {
  const inner = step(drillSteps.verify, {}, { path: 'fail over' });
  expect(verdictOf(stateOf({ without: [drillSteps.verify], more: [inner] }), 'checks').met).toBeNull();
  const undone = step(drillSteps.failOver, {}, { outcome: 'undone' });
  expect(verdictOf(stateOf({ without: [drillSteps.failOver], more: [undone] }), 'switched').met).toBeNull();
});

test('times are told by their middle and by the slowest twentieth', () => {
  const times = Array.from({ length: 98 }, (_, n) => 98 - n);
  expect(measuredOf(100, times)).toEqual({ requests: 100, failed: 2, medianMs: 49, p95Ms: 94 } satisfies Measured);
  expect(measuredOf(10, [])).toEqual({ requests: 10, failed: 10 });
});
