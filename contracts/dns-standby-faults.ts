/** Faults of a standby of a zone that no single field shows: it is no other server, or the zone takes no updates. */
import { entries, fields, type CrossFault, type Fields } from './cross-fault.ts';

/** Of one target; the paths begin there. */
export function dnsStandbyFaults(_inventory: Fields, target: Fields): CrossFault[] {
  const { server } = fields(target['standby']);
  if (target['kind'] !== 'dns-zone' || typeof server !== 'string') return [];
  const [, ...others] = entries(target['servers']);
  const takesUpdates = fields(target['provider'])['kind'] === 'rfc2136';
  return [
    ...(others.some(([, { id }]) => id === server)
      ? []
      : [{ path: ['standby', 'server'], message: `${server} is none of the servers after the first` }]),
    ...(takesUpdates ? [] : [{ path: ['standby'], message: 'only a zone that takes updates (rfc2136) has one' }]),
  ];
}
