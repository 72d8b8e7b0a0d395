/** Small decisions of the tool store: what contains what, how many at once, which paths stay inside, what a plan's head says. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contains } from '../../../domain/tool-store/contains.ts';
import { inParallel } from '../../../domain/tool-store/in-parallel.ts';
import { isTemporary, isToolPath, staysInside, temporaryBeside } from '../../../domain/tool-store/layout.ts';
import { headOf } from '../../../domain/tool-store/plan-head.ts';
import type { RestoreChange, RestorePlan } from '../../../domain/tool-store/restore-plan.ts';
import { naming } from '../../../domain/tool-store/tool-limit.ts';

test.each([
  [{ a: 1, b: 2 }, { a: 1 }, true],
  [{ a: { b: [1, { c: 2, d: 3 }] } }, { a: { b: [1, { c: 2 }] } }, true],
  [[1, 2], [1], false],
  [[1, 2], [2, 1], false],
  [{ a: 1 }, { a: '1' }, false],
  [{}, { toString: undefined }, false],
  [null, {}, false],
  [[], {}, false],
  [{ 0: 1 }, [1], false],
  ['text', 'text', true],
  [null, null, true],
])('%j contains %j: %s', (actual, expected, answer) => expect(contains(actual, expected)).toBe(answer));

test('everything contains itself', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => contains(value, value)));
});

test('results keep their order, and never more than asked for are under way', async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel(
    [5, 1, 4, 2, 3, 0],
    async (n) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, n));
      running--;
      return n * 2;
    },
    3,
  );
  expect(results).toEqual([10, 2, 8, 4, 6, 0]);
  expect(most).toBe(3);
  expect(await inParallel([], () => Promise.resolve(1))).toEqual([]);
});

test('the first failure stops new work, waits for what is under way, and is thrown', async () => {
  const begun: number[] = [];
  let ended = 0;
  const work = inParallel(
    [0, 1, 2, 3, 4, 5],
    async (n) => {
      begun.push(n);
      await new Promise((resolve) => setTimeout(resolve, n === 0 ? 1 : 10));
      ended++;
      if (n === 0) throw new Error('first');
    },
    2,
  );
  await expect(work).rejects.toThrow('first');
  expect(begun.length).toBeLessThan(6);
  expect(ended).toBe(begun.length);
});

test('paths that stay inside', () => {
  for (const path of ['a', 'a/b', '.pi/tools/x.json', '..a', 'a..']) expect(staysInside(path)).toBe(true);
  const leaving = ['', '/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/./b', 'a\0'];
  for (const path of leaving) expect(staysInside(path)).toBe(false);
});

test('an unfinished file is told by its name and never taken for a tool', () => {
  const beside = temporaryBeside('.pi/tools/dt_1.json', 'abc');
  expect(beside).toBe('.pi/tools/.okiagari-abc-dt_1.json.tmp');
  expect(isTemporary(beside)).toBe(true);
  expect(isToolPath(beside)).toBe(false);
  expect(isToolPath('.pi/tools/dt_1.json')).toBe(true);
  expect(isToolPath('.pi/tools/disabled/dt_1.json')).toBe(false);
});

test('names are named up to a number', () => {
  expect(naming(['a', 'b', 'c'], 2)).toEqual({ en: 'a, b and 1 more', ja: 'a、b ほか 1 件' });
  expect(naming([])).toEqual({ en: 'none', ja: 'なし' });
});

test('whatever the plan, its head stays below eight kilobytes and its counts are those of the whole', () => {
  const change = fc.record({
    action: fc.constantFrom('add', 'overwrite', 'keep'),
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
    foreign: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 150 }), (list) => {
      const state = { kind: 'file' as const, sha256: 'a'.repeat(64), bytes: 10, mode: '0644', uid: 0, gid: 0 };
      const changes = list.map(({ action, name, foreign }): RestoreChange => ({
        action: action,
        path: `.pi/tools/${name.replaceAll('/', '_')}.json`,
        by: action === 'keep' ? 'nothing' : 'content',
        before: action === 'add' ? null : state,
        after: { ...state, modifiedAt: '', in: 'b' },
        why: { en: '', ja: '' },
        ...(foreign && action === 'keep' ? { foreign: true as const } : {}),
      }));
      const plan: RestorePlan = {
        version: 1,
        target: 't',
        backup: 'b',
        manifest: '',
        tools: null,
        missingFolders: [],
        changes,
        toolsAfter: 0,
        digest: 'd'.repeat(64),
      };
      const head = headOf(plan, 'plans/x/y.json');
      expect(Buffer.byteLength(JSON.stringify(head))).toBeLessThan(8_192);
      expect(head.changes.length).toBeLessThanOrEqual(20);
      expect(head.counts.add + head.counts.overwrite + head.counts.keep).toBe(changes.length);
      expect(head.truncated).toBe(head.changes.length < changes.length);
      const firstKeep = head.changes.findIndex(({ action }) => action === 'keep');
      if (firstKeep >= 0) expect(head.changes.slice(firstKeep).every(({ action }) => action === 'keep')).toBe(true);
      expect(head.size.share).toBeLessThanOrEqual(1);
    }),
  );
});
