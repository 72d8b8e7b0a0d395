/** Faults of a traffic target that no single field shows: places that are not there, and what a weighted name cannot do. */
import { entries, fields, type CrossFault, type Fields } from './cross-fault.ts';

/** Of one target; the paths begin there. */
export function trafficFaults(_inventory: Fields, target: Fields): CrossFault[] {
  if (target['kind'] !== 'traffic') return [];
  const { proxies, names, backend, protection } = target;
  const servers = Object.values(fields(target['sides'])).flatMap((side) => strings(fields(side)['servers']));
  const taken = entries(proxies).map(([, { id }]) => id);
  return [
    ...(proxies === undefined && names === undefined ? [{ path: ['proxies'], message: 'proxies, or names, or both' }] : []),
    ...(proxies !== undefined && backend === undefined ? [{ path: ['backend'], message: 'that of the proxies' }] : []),
    ...(names !== undefined && protection !== undefined
      ? [{ path: ['protection'], message: 'takes proxies alone: who asks for one of `names` is not held off' }]
      : []),
    ...entries(names).flatMap(([index, name]) =>
      [
        ...(taken.includes(name['id']) ? [{ path: ['id'], message: `a proxy is ${String(name['id'])} too` }] : []),
        ...entryFaults(fields(name['entries']), servers),
      ].map(({ path, message }) => ({ path: ['names', index, ...path], message })),
    ),
  ];
}

function entryFaults(declared: Fields, servers: readonly string[]): CrossFault[] {
  return [
    ...servers
      .filter((one) => !Object.hasOwn(declared, one))
      .map((one) => ({ path: ['entries'], message: `nothing for ${one}` })),
    ...Object.keys(declared)
      .filter((one) => !servers.includes(one))
      .map((one) => ({ path: ['entries', one], message: `no side has a server ${one}` })),
  ];
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);
