/** Faults of a CDN before the sides that no single field shows: a side that nobody could see there, or that there is not. */
import { entries, fields, type CrossFault, type Fields } from './cross-fault.ts';

/** Of one target; the paths begin there. */
export function cdnFaults(_inventory: Fields, target: Fields): CrossFault[] {
  const cdn = fields(target['cdn']);
  if (target['kind'] === 'traffic' && target['cdn'] !== undefined) return sideFaults(cdn, target, 'there is');
  const { switch: name } = cdn;
  if (target['kind'] !== 'dns-zone' || typeof name !== 'string') return [];
  const [, found] = entries(target['switches']).find(([, { id }]) => id === name) ?? [];
  return found === undefined
    ? [{ path: ['cdn', 'switch'], message: `no switch ${name}` }]
    : sideFaults(cdn, found, 'that switch has');
}

function sideFaults(cdn: Fields, declared: Fields, where: string): CrossFault[] {
  const sides = Object.keys(fields(declared['sides']));
  const expected = Object.keys(fields(fields(cdn['probe'])['expect']));
  const path = ['cdn', 'probe', 'expect'];
  return [
    ...sides.filter((side) => !expected.includes(side)).map((side) => ({ path, message: `nothing for side ${side}` })),
    ...expected
      .filter((side) => !sides.includes(side))
      .map((side) => ({ path: [...path, side], message: `${where} no side ${side}` })),
  ];
}
