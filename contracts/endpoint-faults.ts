/** Faults of endpoints that no single field shows: nodes without a server or a side, names that no zone declares. */
import { entries, fields, type CrossFault, type Fields } from './cross-fault.ts';

/** Of one target; the paths begin there. */
export function endpointFaults(inventory: Fields, target: Fields): CrossFault[] {
  const nodes = entries(target['nodes']).flatMap(([, { id }]) => (typeof id === 'string' ? [id] : []));
  return entries(target['endpoints']).flatMap(([index, endpoint]) => {
    const field = endpoint['kind'] === 'haproxy' ? 'servers' : 'sides';
    // A text leads to any node.
    if (typeof endpoint[field] !== 'object') return [];
    const led = fields(endpoint[field]);
    const without = nodes.filter((node) => !Object.hasOwn(led, node));
    const strangers = Object.keys(led).filter((node) => !nodes.includes(node));
    return [
      ...without.map((node) => ({ path: [field], message: `nothing for ${node}, which may take the writes one day` })),
      ...strangers.map((node) => ({ path: [field, node], message: `no node ${node}` })),
      ...(endpoint['kind'] === 'dns' ? nameFaults(inventory, endpoint) : []),
    ].map(({ path, message }) => ({ path: ['endpoints', index, ...path], message }));
  });
}

function nameFaults(inventory: Fields, endpoint: Fields): CrossFault[] {
  const [, zone] = entries(inventory['targets']).find(([, { id, kind }]) => id === endpoint['zone'] && kind === 'dns-zone') ?? [];
  if (zone === undefined) return [{ path: ['zone'], message: `no zone ${String(endpoint['zone'])}` }];
  const [, found] = entries(zone['switches']).find(([, { id }]) => id === endpoint['switch']) ?? [];
  if (found === undefined) return [{ path: ['switch'], message: `no switch ${String(endpoint['switch'])} in that zone` }];
  const sides = fields(found['sides']);
  return Object.entries(fields(endpoint['sides'])).flatMap(([node, side]) =>
    Object.hasOwn(sides, String(side)) ? [] : [{ path: ['sides', node], message: `that switch has no side ${String(side)}` }],
  );
}
