/** A switch-over that would lead nobody anywhere refuses the inventory, each fault by its path. */
import { expect, test } from 'vitest';
import { scenarioById } from '../../contracts/scenarios.ts';
import { switchOverFaults } from '../../contracts/switch-over-faults.ts';

const zone = {
  ...{ id: 'names', kind: 'dns-zone' },
  switches: [
    { id: 'api', sides: { old: [], new: [] } },
    { id: 'www', sides: { old: [], other: [] } },
  ],
};
const edge = { id: 'edge', kind: 'traffic', sides: { old: {}, new: {} } };
const names = { zone: 'names', side: 'new', switches: ['api'] };
const traffic = { proxies: 'edge', side: 'new' };
const faults = (switchOver: unknown): string[] => {
  const target = { id: 'tools', kind: 'tool-store', switchOver };
  return switchOverFaults({ targets: [target, zone, edge] }, target).map(({ path, message }) => `${path.join('.')}: ${message}`);
};

test.each([
  ['what is whole', { names, traffic }, []],
  ['nothing at all', undefined, []],
  ['a zone that is none', { names: { ...names, zone: 'edge' } }, ['switchOver.names.zone: no target edge of kind dns-zone']],
  [
    'a side that a wanted switch does not have',
    { names: { ...names, side: 'other' } },
    ['switchOver.names.side: names has no side other'],
  ],
  [
    'a side that one of all switches does not have',
    { names: { zone: 'names', side: 'new' } },
    ['switchOver.names.side: names has no side new'],
  ],
  [
    'proxies that are not there',
    { traffic: { ...traffic, proxies: 'front' } },
    ['switchOver.traffic.proxies: no target front of kind traffic'],
  ],
  [
    'a side that they do not have',
    { names, traffic: { ...traffic, side: 'moon' } },
    ['switchOver.traffic.side: edge has no side moon'],
  ],
])('%s', (_, switchOver, told) => {
  expect(faults(switchOver)).toEqual(told);
});

test('a whole recovery holds what it switches over', () => {
  const held = (switchOver: unknown) => scenarioById('full-system-recovery')?.actsOn?.({}, { switchOver } as never, []);
  expect([held({ names, traffic }), held({ traffic }), held(undefined)]).toEqual([['names', 'edge'], ['edge'], []]);
});
