/** In which order members of a service are moved. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wavesOf } from '../../../domain/service/waves.ts';
import type { Member } from '../../../domain/service/words.ts';

type Ordered = Pick<Member, 'target' | 'kind' | 'tier' | 'needs' | 'zones'>;
const member = (target: string, tier: number, more: Partial<Ordered> = {}): Ordered => ({
  ...{ target, tier, kind: 'postgres', needs: [], zones: [] },
  ...more,
});
const names = (members: readonly Ordered[]): string[][] => wavesOf(members).map((wave) => wave.map(({ target }) => target));

describe('members', () => {
  test('of one tier are moved side by side, tiers one after the other', () => {
    expect(names([member('edge', 2), member('db', 1), member('names', 3), member('cache', 1)])).toEqual([
      ...[['db', 'cache'], ['edge'], ['names']],
    ]);
  });
  test('wait for those that they need, also within a tier', () => {
    expect(names([member('b', 1, { needs: ['a'] }), member('a', 1), member('c', 1)])).toEqual([['a', 'c'], ['b']]);
  });
  test('that are zones wait for those that repoint clients in them', () => {
    const zone = member('names', 1, { kind: 'dns-zone' });
    expect(names([zone, member('db', 1, { zones: ['names'] }), member('cache', 1)])).toEqual([['db', 'cache'], ['names']]);
    // What is moved later by its tier cannot be waited for.
    expect(names([zone, member('db', 2, { zones: ['names'] })])).toEqual([['names'], ['db']]);
  });
  test('that wait for each other are in no wave', () => {
    expect(names([member('a', 1, { needs: ['b'] }), member('b', 1, { needs: ['a'] }), member('c', 1)])).toEqual([['c']]);
  });
});

test('nobody is moved twice or before what it needs, whatever the members', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const any = fc.tuple(
    ...ids.map((id, n) =>
      fc
        .record({ tier: fc.integer({ min: 1, max: 3 }), needs: fc.subarray(ids.slice(0, n)) })
        .map((more) => member(id, more.tier, more)),
    ),
  );
  fc.assert(
    fc.property(any, (members) => {
      const waves = wavesOf(members);
      const at = new Map(waves.flatMap((wave, n) => wave.map(({ target }) => [target, n] as const)));
      expect(at.size).toBe(waves.flat().length);
      for (const [target, n] of at) {
        const { needs, tier } = members.find((one) => one.target === target)!;
        for (const need of needs) expect(at.get(need)).toBeLessThan(n);
        for (const other of members.filter((one) => one.tier < tier)) expect(at.get(other.target)).toBeLessThan(n);
      }
    }),
  );
});
