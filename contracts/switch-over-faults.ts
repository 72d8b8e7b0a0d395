/** Faults of a switch-over that no single field shows: a zone, proxies or a side that the inventory does not declare. */
import { entries, fields, type CrossFault, type Fields } from './cross-fault.ts';

/** Of one target; the paths begin there. */
export function switchOverFaults(inventory: Fields, target: Fields): CrossFault[] {
  const { names, traffic } = fields(target['switchOver']);
  return [
    ...(names === undefined ? [] : faultsOf(inventory, 'names', fields(names))),
    ...(traffic === undefined ? [] : faultsOf(inventory, 'traffic', fields(traffic))),
  ].map(({ path, message }) => ({ path: ['switchOver', ...path], message }));
}

function faultsOf(inventory: Fields, what: 'names' | 'traffic', said: Fields): CrossFault[] {
  const [field, kind] = what === 'names' ? ['zone', 'dns-zone'] : ['proxies', 'traffic'];
  const [, found] = entries(inventory['targets']).find(([, one]) => one['id'] === said[field] && one['kind'] === kind) ?? [];
  if (found === undefined) return [{ path: [what, field], message: `no target ${String(said[field])} of kind ${kind}` }];
  // Each switch has sides of its own.
  const sided = what === 'names' ? wanted(found, said) : [found];
  const without = sided.some((one) => !Object.hasOwn(fields(one['sides']), String(said['side'])));
  return without ? [{ path: [what, 'side'], message: `${String(said[field])} has no side ${String(said['side'])}` }] : [];
}

const wanted = (zone: Fields, { switches }: Fields): Fields[] =>
  entries(zone['switches'])
    .map(([, one]) => one)
    .filter(({ id }) => !Array.isArray(switches) || switches.includes(id));
