/** Endpoints that would lead nobody anywhere refuse the inventory, each fault by its path. */
import { expect, test } from 'vitest';
import { endpointFaults } from '../../contracts/endpoint-faults.ts';
import { zonesToRepoint } from '../../contracts/endpoint-settings.ts';
import { scenarioById } from '../../contracts/scenarios.ts';

const zone = { id: 'names', kind: 'dns-zone', switches: [{ id: 'db', sides: { home: [], dr: [] } }] };
const front = { id: 'front', kind: 'haproxy', backend: 'be', servers: { a: 'pg-a', b: 'pg-b' } };
const name = { id: 'name', kind: 'dns', zone: 'names', switch: 'db', sides: { a: 'home', b: 'dr' } };
const faults = (...endpoints: object[]): string[] => {
  const target = { id: 'db', kind: 'postgres', nodes: [{ id: 'a' }, { id: 'b' }], endpoints };
  return endpointFaults({ targets: [target, zone] }, target).map(({ path, message }) => `${path.join('.')}: ${message}`);
};

test.each([
  ['what is whole, beside a file', [front, name, { id: 'file', kind: 'file' }], []],
  [
    'a node without a server',
    [{ ...front, servers: { a: 'pg-a' } }],
    ['endpoints.0.servers: nothing for b, which may take the writes one day'],
  ],
  ['a server of nobody', [{ ...front, servers: { ...front.servers, c: 'pg-c' } }], ['endpoints.0.servers.c: no node c']],
  [
    'a node without a side',
    [{ ...name, sides: { b: 'dr' } }],
    ['endpoints.0.sides: nothing for a, which may take the writes one day'],
  ],
  ['a zone that is not there', [front, { ...name, zone: 'db' }], ['endpoints.1.zone: no zone db']],
  ['a switch that the zone does not have', [{ ...name, switch: 'api' }], ['endpoints.0.switch: no switch api in that zone']],
  [
    'a side that the switch does not have',
    [{ ...name, sides: { a: 'home', b: 'moon' } }],
    ['endpoints.0.sides.b: that switch has no side moon'],
  ],
  [
    'a shape that is told of elsewhere',
    [
      { ...name, sides: 'dr' },
      { ...front, servers: 5 },
    ],
    [],
  ],
])('%s', (_, endpoints, told) => {
  expect(faults(...endpoints)).toEqual(told);
});

test('whoever repoints holds the zones as well', () => {
  const target = { endpoints: [front, name, { ...name, id: 'other' }] } as never;
  expect(zonesToRepoint(target)).toEqual(['names']);
  const holding = ['postgres-failover', 'postgres-pitr', 'data-corruption', 'redis-failover'];
  expect(holding.map((id) => scenarioById(id)?.actsOn?.({}, target, []))).toEqual(holding.map(() => ['names']));
});
