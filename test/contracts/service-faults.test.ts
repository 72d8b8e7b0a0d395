/** A service that could not be moved refuses the inventory, each fault by its path; a start to nowhere refuses the request. */
import { expect, test } from 'vitest';
import { scenarioById } from '../../contracts/scenarios.ts';
import { serviceFaults } from '../../contracts/service-faults.ts';

const db = {
  ...{ id: 'db', kind: 'postgres', nodes: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] },
  endpoints: [{ id: 'name', kind: 'dns', zone: 'names' }],
};
const edge = { id: 'edge', kind: 'traffic', sides: { home: {}, dr: {} } };
const names = { id: 'names', kind: 'dns-zone', switches: [{ id: 'api', sides: { home: [], dr: [] } }] };
const tools = { id: 'tools', kind: 'tool-store' };
const sides = { home: {}, dr: {} };
const alike = { home: 'home', dr: 'dr' };
const members = [
  { target: 'db', tier: 1, needs: [], leads: { home: 'a', dr: 'b' } },
  { target: 'edge', tier: 2, needs: ['db'], leads: alike },
  { target: 'names', tier: 3, needs: [], leads: alike },
];
const altered = (n: number, more: object): object[] => members.map((one, at) => (at === n ? { ...one, ...more } : one));
const faults = (fields: object): string[] => {
  const target = { id: 'shop', kind: 'service', home: 'home', sides, members, ...fields };
  return serviceFaults({ targets: [target, db, edge, names, tools] }, target).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );
};

test.each([
  ['what is whole', {}, []],
  ['what is no service', { kind: 'tool-store', members: altered(0, { target: 'moon' }) }, []],
  ['a home that is no side', { home: 'moon' }, ['home: no side moon']],
  [
    'a member that is not there, or of no kind that can be moved',
    { members: [...altered(0, { target: 'moon' }), { target: 'tools', tier: 1, leads: alike }] },
    [
      'members.0.target: no target moon of kind postgres, redis, traffic, dns-zone',
      'members.1.needs.0: no member db',
      'members.3.target: no target tools of kind postgres, redis, traffic, dns-zone',
    ],
  ],
  ['a side without a lead', { members: altered(0, { leads: { home: 'a' } }) }, ['members.0.leads: nothing for dr']],
  ['a lead of no side', { members: altered(1, { leads: { ...alike, moon: 'dr' } }) }, ['members.1.leads.moon: no side moon']],
  ['a node that is not there', { members: altered(0, { leads: { home: 'a', dr: 'z' } }) }, ['members.0.leads.dr: db has no z']],
  ['several nodes of a side', { members: altered(0, { leads: { home: ['a', 'b'], dr: ['c'] } }) }, []],
  [
    'one of several that is not there, and one of two sides',
    { members: altered(0, { leads: { home: ['a', 'b'], dr: ['c', 'z', 'b'] } }) },
    ['members.0.leads.dr: db has no z', 'members.0.leads.dr: b leads to home already'],
  ],
  [
    'one side for two',
    { members: altered(1, { leads: { home: 'home', dr: 'home' } }) },
    ['members.1.leads.dr: home leads to home already'],
  ],
  [
    'several sides of proxies or names',
    {
      members: members.map((one, n) => (n === 0 ? one : { ...one, leads: { home: ['home'], dr: ['dr', 'home'] } })),
    },
    ['edge', 'names'].flatMap((id, n) => [
      `members.${n + 1}.leads.dr: one side of ${id}, no more`,
      `members.${n + 1}.leads.dr: home leads to home already`,
    ]),
  ],
  [
    'a side that proxies do not have',
    { members: altered(1, { leads: { ...alike, dr: 'b' } }) },
    ['members.1.leads.dr: edge has no b'],
  ],
  [
    'a side that a switch does not have',
    { members: altered(2, { leads: { ...alike, dr: 'b' } }) },
    ['members.2.leads.dr: names has no b'],
  ],
  ['a need that is no member', { members: altered(1, { needs: ['cache'] }) }, ['members.1.needs.0: no member cache']],
  ['a need of a later tier', { members: altered(0, { needs: ['edge'] }) }, ['members.0.needs.0: edge is of a later tier']],
  [
    'members that wait for each other',
    { members: altered(0, { tier: 2, needs: ['edge'] }) },
    ['members: db, edge, names wait for each other: nobody could be moved'],
  ],
])('%s', (_, fields, told) => expect(faults(fields)).toEqual(told));

const shop = { id: 'shop', kind: 'service', home: 'home', sides, members } as never;

test('a move holds every member, and the zones in which their clients are repointed', () => {
  const all = [db, edge, names] as never;
  const without = { ...(shop as object), members: members.slice(0, 2) } as never;
  for (const id of ['region-failover', 'region-failback']) {
    expect(new Set(scenarioById(id)!.actsOn!({}, shop, all))).toEqual(new Set(['db', 'edge', 'names']));
    expect(scenarioById(id)!.actsOn!({}, without, all)).toEqual(['db', 'edge', 'names']);
  }
});

test('a move goes to a side that is there, and runs at its site', () => {
  const { refuse, runsAt } = scenarioById('region-failover')!;
  const placed = { ...(shop as object), sides: { home: { site: 'tokyo' }, dr: { site: 'osaka' } } } as never;
  const three = { ...(shop as object), sides: { ...sides, third: {} } } as never;
  expect(refuse!({}, 'Asia/Tokyo', shop)).toEqual([]);
  expect(refuse!({ to: 'moon' }, 'Asia/Tokyo', shop)).toEqual([{ path: 'input.to', message: 'one of home, dr' }]);
  // Nobody guesses which of two.
  expect(refuse!({}, 'Asia/Tokyo', three)).toEqual([{ path: 'input.to', message: 'one of home, dr, third' }]);
  expect([runsAt!({}, placed), runsAt!({ to: 'home' }, placed), runsAt!({}, shop)]).toEqual(['osaka', 'tokyo', undefined]);
  expect(scenarioById('region-failback')!.runsAt!({}, placed)).toBe('tokyo');
});
