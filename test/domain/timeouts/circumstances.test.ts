/** What machine and dependencies say about timeouts, in words that people decide by. */
import { describe, expect, test } from 'vitest';
import { adviceOf, describeLoad, describeProbes, judgeReach, starvedOf } from '../../../domain/timeouts/circumstances.ts';
import type { MachineLoad } from '../../../domain/timeouts/words.ts';

const calm: MachineLoad = {
  ...{ cores: 2, busyShare: 0.2, loadPerCore: 0.5, memoryBytes: 8e9, memoryFreeBytes: 4e9, diskBytes: 1e11, diskFreeBytes: 5e10 },
  heaviest: [],
};

describe('a machine', () => {
  test.each<[string, Partial<MachineLoad>, RegExp | undefined]>([
    ['that rests', {}, undefined],
    ['with busy cores that nobody waits for', { busyShare: 1, loadPerCore: 1 }, undefined],
    ['with a queue from before', { busyShare: 0.3, loadPerCore: 9 }, undefined],
    ['with busy cores and a queue', { busyShare: 0.95, loadPerCore: 2 }, /processor/],
    ['just within its memory', { memoryFreeBytes: 0.05 * 8e9 }, undefined],
    ['without memory', { memoryFreeBytes: 0.05 * 8e9 - 1 }, /Memory/],
    ['without room', { diskFreeBytes: 1e9 }, /disk-exhaustion/],
  ])('%s', (_, load, words) => {
    const short = starvedOf({ ...calm, ...load }).map(({ en }) => en);
    expect(short).toEqual(words === undefined ? [] : [expect.stringMatching(words)]);
    expect(describeLoad({ ...calm, ...load }).en).toMatch(words ?? /^CPU \d+ % busy/);
  });
});

describe('a dependency', () => {
  test.each([
    ['answers', { reached: true, ms: 3, status: 200 }, 'answers'],
    ['refuses a stranger, but is there', { reached: true, ms: 3, status: 401 }, 'answers'],
    ['takes a connection', { reached: true, ms: 3 }, 'answers'],
    ['takes long', { reached: true, ms: 2_000, status: 200 }, 'slow'],
    ['fails by itself', { reached: true, ms: 3, status: 503 }, 'down'],
    ['is not reached', { reached: false, ms: 3, why: 'refused' }, 'down'],
  ] as const)('that %s', (_, reach, state) => expect(judgeReach('db', reach).state).toBe(state));

  test('is described by its name, its time and what it met', () => {
    const probes = [
      judgeReach('db', { reached: false, ms: 7, why: 'refused' }),
      judgeReach('web', { reached: true, ms: 9, status: 503 }),
    ];
    expect(describeProbes(probes).en).toBe('db refuses connections (7 ms). web answers with a failure (9 ms, 503).');
    expect(describeProbes([]).en).toBe('No dependencies are declared.');
  });
});

test('advice is given only where something else explains the timeouts, and names it', () => {
  expect(adviceOf(calm, [judgeReach('db', { reached: true, ms: 1 })])).toBeUndefined();
  expect(adviceOf(calm, [judgeReach('db', { reached: false, ms: 1, why: 'timed-out' })])?.en).toMatch(
    /Not well: db\..*rather than the tools/,
  );
  expect(adviceOf({ ...calm, memoryFreeBytes: 0 }, [])?.en).toMatch(/Memory.*rather than the tools/);
});
