/** The harness itself: which deaths a sweep has, how they are spread and drawn, and that its judge is no rubber stamp. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { storyFaults } from '../support/crash/judge.ts';
import type { Report } from '../support/crash/people.ts';
import { seeded } from '../support/crash/random.ts';
import { drawnOf, drawnRounds, isItsOwn, mustDie, spread, telling, told } from '../support/crash/rounds.ts';
import { Recovery } from '../../workflows/kit/words.ts';

const effects = (call: string, ...moments: string[]): string[] => moments.map((moment) => `${call}: ${moment}`);
const passed = [
  ...effects(
    'POST /v1/recoveries#1',
    'before',
    'after records.create 1',
    'after gateway.start 1',
    'after records.put 1',
    'after',
  ),
  ...effects(
    'apply#1',
    'before',
    'after files.copy 1',
    'after files.copy 2',
    'after files.copy 3',
    'after files.rename 1',
    'after',
  ),
  'gate restore#1: open',
];

describe('which deaths there are', () => {
  test('the third effect of a kind tells no more than the second, the last one no more than the end', () => {
    expect(telling(passed).filter((point) => point.startsWith('apply'))).toEqual(
      effects('apply#1', 'before', 'after files.copy 1', 'after files.copy 2', 'after'),
    );
  });

  test('the worker at every point, all three at the first gate, API and Temporal at the first exchange of each kind', () => {
    const more = [...passed, 'gate other#1: open', ...effects('POST /v1/recoveries#2', 'before', 'after')];
    expect(told(mustDie(telling(more)))).toBe(
      [
        'api at POST /v1/recoveries#1: before, api at POST /v1/recoveries#1: after, temporal at POST /v1/recoveries#1: after',
        'worker at apply#1: before, worker at apply#1: after files.copy 1, worker at apply#1: after files.copy 2',
        'worker at apply#1: after, worker at gate restore#1: open, api at gate restore#1: open, temporal at gate restore#1: open',
        'worker at gate other#1: open',
      ].join(', '),
    );
  });

  test('where time is short, a few quiet places and gates are drawn, and of an effect one of two times; in time each has its turn', () => {
    const points = [
      ...Array.from({ length: 8 }, (_, n) => [
        ...effects(`apply#${n}`, 'before', 'after files.copy 1', 'after files.copy 2', 'after files.rename 1', 'after'),
        ...effects(`lookAtIt#${n}`, 'after'),
      ]).flat(),
      ...['restore', 'check:one', 'check:two', 'check:three', 'check:four'].map((gate) => `gate ${gate}#1: open`),
    ];
    const isAlways = (point: string): boolean => /^gate restore|^apply.*(rename 1|after)$/.test(point);
    const drawn = (seed: number): string[] => drawnOf(points, seeded(seed));
    const many = Array.from({ length: 60 }, (_, seed) => drawn(seed));
    for (const some of many) {
      expect(some.filter(isAlways)).toEqual(points.filter(isAlways));
      expect(some.filter((point) => point.includes('copy')).map((point) => point.slice(0, -2))).toEqual(
        Array.from({ length: 8 }, (_, n) => `apply#${n}: after files.copy`),
      );
      expect(some.filter((point) => !isAlways(point) && !point.includes('copy'))).toHaveLength(5);
    }
    expect(new Set(many.flat())).toEqual(new Set(points));
  });

  test('spread over rounds, none is lost and no call is struck more than three times in one', () => {
    const blows = mustDie(telling(passed));
    for (const atLeast of [1, 2, 4]) {
      const rounds = spread(blows, atLeast);
      expect(told(rounds.flat()).split(', ').toSorted()).toEqual(told(blows).split(', ').toSorted());
      for (const round of rounds) {
        const calls = Object.values(Object.groupBy(round, ({ point }) => point.split(':')[0]!));
        expect(Math.max(...calls.map((call) => call!.length))).toBeLessThanOrEqual(3);
      }
    }
  });

  test('the same seed draws the same, another one something else', () => {
    const drawn = (seed: number): string => told(drawnRounds(telling(passed), seeded(seed)).flat());
    expect(drawn(7)).toBe(drawn(7));
    expect(new Set([1, 2, 3, 4, 5, 6].map(drawn)).size).toBeGreaterThan(1);
    expect(drawn(7).split(', ')).toHaveLength(9);
  });
});

test('a scenario that is not swept thoroughly dies at its own points and at its gates', () => {
  const all = ['POST /v1/recoveries#1: before', 'beginRecovery#1: after', 'apply#1: before', 'gate restore#1: open'];
  expect(all.filter(isItsOwn)).toEqual(['apply#1: before', 'gate restore#1: open']);
});

describe('what the judge finds', () => {
  const waiting = { kind: 'approval', title: 'Overwrite?', digest: 'a', need: 1, votes: [] as { by: string }[] };
  const open = { event: 'gate', gate: 'restore', state: 'open', waiting };
  const approved = { ...open, state: 'approved', waiting: { ...waiting, votes: [{ by: 'ren' }] } };
  const report = (ledger: object[], recovery: object = {}): Report =>
    ({ recovery: { status: 'recovered', steps: [], ...recovery }, ledger }) as unknown as Report;
  const faults = (...ledger: object[]): number => storyFaults(report(ledger), 'recovered').length;

  test('nothing where one was asked once and answered once, reminded or not', () => {
    expect(faults(open, approved)).toBe(0);
    expect(faults(open, open, approved)).toBe(0);
  });

  test.each([
    ['another plan that was asked about', [open, { ...open, waiting: { ...waiting, digest: 'b' } }, approved]],
    ['a gate decided twice', [open, approved, approved]],
    ['a gate that nobody closed', [{ ...open, waiting: approved.waiting }]],
    ['a vote counted twice', [open, { ...approved, waiting: { ...waiting, votes: [{ by: 'ren' }, { by: 'ren' }] } }]],
    ['a question about a failure', [{ ...approved, waiting: { ...approved.waiting, kind: 'failed-step' } }]],
  ])('%s', (_name, ledger) => expect(faults(...ledger)).toBe(1));

  test('another end than the one that was due, and a step that is not done', () => {
    const steps = [{ name: 'restore', outcome: 'skipped', sentence: '' }];
    expect(storyFaults(report([open, approved], { status: 'stopped', steps }), 'recovered')).toHaveLength(2);
    expect(storyFaults(report([open, approved]), 'rolled-back')).toHaveLength(1);
  });
});

test('the toys that are swept speak every word of the kernel', () => {
  const source = readFileSync(new URL('../support/toy/workflows.ts', import.meta.url), 'utf8');
  const words = Object.entries(Object.getOwnPropertyDescriptors(Recovery.prototype))
    .filter(([name, { value }]) => typeof value === 'function' && !['constructor', 'on', 'facts'].includes(name))
    .map(([name]) => name);
  const swept = ['setTo', 'toyEveryWord', 'toyWhole', 'toyTogether'].map((name) => bodyOf(source, name)).join('\n');
  expect(words.filter((word) => !swept.includes(`r.${word}`))).toEqual([]);
  expect(words.length).toBeGreaterThan(8);
});

/** Up to the first line that closes it. */
function bodyOf(source: string, name: string): string {
  const from = source.search(new RegExp(`^(export const|async function) ${name}\\b`, 'm'));
  return source.slice(from, source.indexOf('\n}', from));
}
