/** Plans of names: what each turn makes of what stands there, how much is too much, and how long the old is kept. */
import { describe, expect, test } from 'vitest';
import { canonical, recordSet, type RecordSet } from '../../../domain/dns/records.ts';
import { isNewer } from '../../../domain/dns/serial.ts';
import { spreadAmongResolvers, spreadAmongServers } from '../../../domain/dns/spread.ts';
import { headOfSwitch, keptFor, mayTouch, planSwitch, type DeclaredSwitch, type Wish } from '../../../domain/dns/switch-plan.ts';

const api: DeclaredSwitch = {
  ...{ id: 'api', name: 'api.shodo.test.', type: 'CNAME', ttl: 60 },
  sides: { home: ['prod.shodo.test.'], dr: ['dr.shodo.test.'] },
};
const at = (value: string, ttl: number): RecordSet => recordSet('CNAME', ttl, [`${value}.shodo.test`]);
const head = { target: 'names', zone: 'shodo.test.', recovery: 'r', recordSets: 20 };
const plan = (standing: RecordSet | null, wish: Omit<Wish, 'side'>, more: Partial<typeof head> = {}) =>
  planSwitch({ ...head, ...more }, [api], { sets: [standing] }, { side: 'dr', ...wish });
const after = (standing: RecordSet | null, wish: Omit<Wish, 'side'>) => {
  const { sets, kept } = plan(standing, wish);
  return [...sets, ...kept][0]!.after;
};

describe('what a turn makes of a record set', () => {
  test.each<[string, RecordSet | null, Omit<Wish, 'side'>, RecordSet | null]>([
    ['switched at once, it has the declared TTL', at('prod', 300), { turn: 'switch' }, at('dr', 60)],
    ['switched where nothing stood', null, { turn: 'switch' }, at('dr', 60)],
    ['switched while it is low, it stays low', at('prod', 5), { turn: 'switch', atMost: 30 }, at('dr', 5)],
    ['switched as planned where nothing stood, it is low', null, { turn: 'switch', atMost: 30 }, at('dr', 30)],
    ['lowered, it leads where it led', at('prod', 300), { turn: 'lower', atMost: 30 }, at('prod', 30)],
    ['low already, it is kept', at('prod', 10), { turn: 'lower', atMost: 30 }, at('prod', 10)],
    ['at its side already, it is not lowered', at('dr', 300), { turn: 'lower', atMost: 30 }, at('dr', 300)],
    ['where nothing stands nothing is lowered', null, { turn: 'lower', atMost: 30 }, null],
    ['restored, only the TTL changes', at('else', 5), { turn: 'restore' }, at('else', 60)],
  ])('%s', (_, standing, wish, wanted) => {
    expect(after(standing, wish)).toEqual(wanted);
  });
});

test('people are asked where users are led elsewhere, not where a TTL alone changes; the same world has the same digest', () => {
  const switched = plan(at('prod', 300), { turn: 'switch' });
  expect(headOfSwitch(switched, 'ref')).toMatchObject({
    summary: { en: 'api.shodo.test. CNAME prod.shodo.test. (300 s) → dr.shodo.test. (60 s).' },
    counts: { add: 0, overwrite: 1, keep: 0, remove: 0 },
    size: { items: 1, share: 0.05 },
  });
  expect(plan(at('prod', 300), { turn: 'switch' }).digest).toBe(switched.digest);
  expect(plan(at('prod', 299), { turn: 'switch' }).digest).not.toBe(switched.digest);
  expect(headOfSwitch(plan(at('prod', 300), { turn: 'lower', atMost: 5 }), '').counts).toMatchObject({ add: 1, overwrite: 0 });
  expect(headOfSwitch(plan(null, { turn: 'switch' }), '').counts).toMatchObject({ add: 1, overwrite: 0 });
  expect(headOfSwitch(plan(at('dr', 60), { turn: 'switch' }), '')).toMatchObject({
    summary: { en: 'The names of shodo.test. stand as they should.' },
    size: { items: 0, share: 0 },
  });
});

test('the old answer is kept for its TTL, an absence for that of absences', () => {
  expect(keptFor(plan(at('prod', 300), { turn: 'switch' }), 9)).toBe(300);
  expect(keptFor(plan(null, { turn: 'switch' }), 9)).toBe(9);
  expect(keptFor(plan(at('dr', 60), { turn: 'switch' }), 9)).toBe(0);
});

test.each([
  [9, 0.3, true],
  [10, 0.1, true],
  [10, 0.09, false],
])('one of %i record sets with a limit of %d: %s', (recordSets, most, ok) => {
  expect(mayTouch(plan(at('prod', 60), { turn: 'switch' }, { recordSets }), most).ok).toBe(ok);
});

test('where nobody knows the size of the zone it is refused, unless nothing changes', () => {
  const { recordSets: _, ...unknown } = head;
  const of = (standing: RecordSet) => planSwitch(unknown, [api], { sets: [standing] }, { side: 'dr', turn: 'switch' });
  expect(mayTouch(of(at('prod', 60)), 1).sentence.en).toContain('Nobody knows how much of shodo.test. this is');
  expect(mayTouch(of(at('dr', 60)), 0).ok).toBe(true);
});

describe('how far it has spread', () => {
  const says = (server: string, serial: number, set: RecordSet | null) =>
    ({ server, answers: true, serial, negativeTtl: 1, sets: [set] }) as const;
  const silent = { server: 'ns2', answers: false, why: 'unreachable', said: 'ETIMEDOUT' } as const;
  const wanted = { sets: [at('dr', 60)], serial: 8 };

  test('everywhere, when each server has the record with its TTL from that serial on', () => {
    expect(spreadAmongServers([says('ns1', 8, at('dr', 60)), says('ns2', 9, at('dr', 60))], wanted)).toMatchObject({
      isEverywhere: true,
      sentence: { en: '2 of 2 authoritative answer anew.' },
    });
  });
  test('1 of 2, when one is silent, behind, or says something else', () => {
    const first = says('ns1', 8, at('dr', 60));
    const spread = (other: Parameters<typeof spreadAmongServers>[0][number]) => spreadAmongServers([first, other], wanted);
    expect(spread(silent)).toMatchObject({ isEverywhere: false, isOnlySilent: true, isAnywhere: true });
    for (const other of [says('ns2', 7, at('dr', 60)), says('ns2', 8, at('dr', 61)), says('ns2', 8, null)]) {
      expect(spread(other)).toMatchObject({ isEverywhere: false, isOnlySilent: false });
      expect(spread(other).sentence.en).toMatch(/^1 of 2 authoritative answer anew\. ns2 /);
    }
  });
  test('a resolver may count the TTL down', () => {
    expect(spreadAmongResolvers([says('cache', 0, at('dr', 3))], wanted).isEverywhere).toBe(true);
    expect(spreadAmongResolvers([says('cache', 0, at('prod', 60))], wanted).isEverywhere).toBe(false);
  });
});

test('serials begin anew after 2^32', () => {
  expect([isNewer(2, 1), isNewer(1, 1), isNewer(1, 2), isNewer(0, 4_294_967_295), isNewer(4_294_967_295, 0)]).toEqual([
    ...[true, false, false, true, false],
  ]);
});

test('every spelling of a value is one', () => {
  expect(canonical('CNAME', 'DR-API.Shodo.test')).toBe('dr-api.shodo.test.');
  expect(canonical('AAAA', '2001:DB8:0:0::0010')).toBe('2001:db8::10');
  expect(recordSet('A', 1, ['192.0.2.2', '192.0.2.1', '192.0.2.2']).values).toEqual(['192.0.2.1', '192.0.2.2']);
});
