/** The judge of every failover: pinned writers see two primaries where there are two, and none where there are none. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startCluster } from '../support/postgres/cluster.ts';
import { freezeServer, thawServer } from '../support/postgres/freeze.ts';
import * as judge from '../support/postgres/judge-commits.ts';
import { startPinnedWriters } from '../support/postgres/pinned-writers.ts';

/** `a 10 12` is a commit on a, sent at 10 and acknowledged at 12. */
const commits = (...lines: string[]): judge.Commit[] =>
  lines.map((line) => {
    const [node, sent, acknowledged] = line.split(' ');
    return { id: line, node: node!, sent: Number(sent), acknowledged: Number(acknowledged) };
  });
/** One each 50 ms, acknowledged at once. */
const steady = (node: string, from: number, until: number): string[] =>
  Array.from({ length: (until - from) / 50 + 1 }, (_, n) => `${node} ${from + n * 50} ${from + n * 50}`);

describe('judging', () => {
  test.each<[string, string[], string[]]>([
    ['nobody writes', [], []],
    ['one node writes', steady('a', 0, 500), []],
    ['a hand-over within a window is clean', [...steady('a', 0, 100), ...steady('b', 110, 300)], []],
    ['one there and back again', [...steady('a', 0, 100), ...steady('b', 110, 210), ...steady('a', 220, 320)], []],
    ['two write at once', [...steady('a', 0, 300), ...steady('b', 150, 500)], ['150 a+b', '250 a+b']],
    ['one wakes for a single commit', [...steady('a', 0, 100), ...steady('b', 200, 600), 'a 100 420'], ['420 a+b']],
    ['one writes once more in a pause of the other', [...steady('b', 0, 100), 'a 90 120', ...steady('b', 150, 250)], ['120 a+b']],
    ['three nodes', [...steady('a', 0, 50), ...steady('b', 0, 50), ...steady('c', 0, 50)], ['0 a+b', '0 a+c', '0 b+c']],
  ])('%s', (_, lines, found) => {
    const windows = judge.windowsWithTwo(commits(...lines), 100);
    expect(windows.map(({ from, nodes }) => `${from} ${nodes.join('+')}`)).toEqual(found);
    expect(windows.every(({ from, until }) => until - from === 100)).toBe(true);
  });

  test('a node that wakes up in a long pause of the other is no window, and three hand-overs all the same', () => {
    const woken = commits(...steady('a', 0, 50), ...steady('b', 100, 200), 'a 50 400', ...steady('b', 600, 700));
    expect(judge.windowsWithTwo(woken, 100)).toEqual([]);
    expect(judge.handOvers(woken)).toEqual([
      { from: 'a', to: 'b', at: 100 },
      { from: 'b', to: 'a', at: 400 },
      { from: 'a', to: 'b', at: 600 },
    ]);
  });

  test('the first commit after a moment, the longest pause, and what is missing before and after', () => {
    const some = commits('a 0 5', 'a 10 90', 'b 95 100', 'b 300 310');
    expect(judge.firstCommitAfter(some, 'b', 100)?.acknowledged).toBe(100);
    expect(judge.firstCommitAfter(some, 'b', 101)?.acknowledged).toBe(310);
    expect(judge.firstCommitAfter(some, 'a', 91)).toBeUndefined();
    expect(judge.longestPause(some, 0)).toBe(210);
    expect(judge.longestPause(some.slice(0, 3), 91)).toBe(10);
    const { before, after } = judge.missingFrom(some, new Set(['a 0 5', 'b 95 100']), 310);
    expect([before, after].map((lost) => lost.map(({ id }) => id))).toEqual([['a 10 90'], ['b 300 310']]);
  });
});

async function start(standbys = 1) {
  const cluster = await startCluster({ standbys });
  onTestFinished(() => cluster.stop());
  const writers = await startPinnedWriters(cluster, { patienceMs: 300 });
  onTestFinished(() => writers.stop());
  const [a, b] = cluster.servers;
  await eventually(() => writers.acknowledged('a').length).toBeGreaterThan(100);
  // The standby has the table and refuses.
  await eventually(() => writers.attempts('b')).toBeGreaterThan(20);
  return { cluster, writers, a: a!, b: b! };
}

test('a failover: one hand-over, no window with two, and nothing lost that was acknowledged after it', async () => {
  const { cluster, writers, a, b } = await start();
  expect(writers.acknowledged('b')).toEqual([]);
  const times = writers.acknowledged('a').map(({ acknowledged }) => acknowledged);
  const steps = times.slice(1).map((time, n) => time - times[n]!);
  expect(steps.toSorted((x, y) => x - y)[Math.floor(steps.length / 2)], 'milliseconds between two commits').toBeLessThan(20);

  await a.kill();
  const killed = writers.now();
  await b.sql('select pg_promote(true, 30)');
  await eventually(() => writers.firstCommitAfter('b', killed)).toBeDefined();
  await eventually(() => writers.acknowledged('b').length).toBeGreaterThan(50);
  await writers.stop();
  expect(writers.handOvers()).toEqual([{ from: 'a', to: 'b', at: writers.acknowledged('b')[0]!.acknowledged }]);
  expect(writers.windowsWithTwo()).toEqual([]);
  expect((await writers.missing(b, killed)).after).toEqual([]);
  const count = writers.acknowledged('b').length;
  await writers.stop();
  expect(writers.acknowledged('b'), 'nothing is written after the stop').toHaveLength(count);
  expect(cluster.nodes).toHaveLength(2);
});

test('two primaries: the windows are found, and so is what the one has and the other lacks', async () => {
  const { writers, a, b } = await start();
  expect(writers.windowsWithTwo()).toEqual([]);
  const promoted = writers.now();
  await b.sql('select pg_promote(true, 30)');
  await eventually(() => writers.windowsWithTwo().length).toBeGreaterThan(2);
  await writers.stop();
  expect(writers.windowsWithTwo().every(({ from }) => from > promoted)).toBe(true);
  expect(writers.handOvers().length).toBeGreaterThan(3);
  const { after } = await writers.missing(b, promoted);
  expect(after.length).toBeGreaterThan(10);
  expect(after.every(({ node }) => node === 'a')).toBe(true);
  const ofB = await writers.missing(a);
  expect(ofB.before.map(({ id }) => id)).toEqual(writers.acknowledged('b').map(({ id }) => id));
});

test('a frozen server holds no writer for longer than its patience, and is written to again once it wakes', async () => {
  const { writers, a, b } = await start();
  const abandoned = (): number => writers.attempts('a') - writers.acknowledged('a').length;
  expect(abandoned()).toBe(0);
  freezeServer(a);
  const frozen = writers.now();
  await eventually(abandoned).toBe(1);
  await b.sql('select pg_promote(true, 30)');
  await eventually(() => writers.firstCommitAfter('b', frozen)).toBeDefined();
  expect(writers.windowsWithTwo()).toEqual([]);
  const woken = writers.now();
  thawServer(a);
  await eventually(() => writers.firstCommitAfter('a', woken)).toBeDefined();
  await eventually(() => writers.windowsWithTwo().length).toBeGreaterThan(0);
  expect(writers.windowsWithTwo()[0]!.from).toBeGreaterThan(woken);
  freezeServer(a);
  await eventually(abandoned).toBe(2);
  const from = performance.now();
  await writers.stop();
  expect(performance.now() - from).toBeLessThan(5_000);
  thawServer(a);
});
