/** The activities on a zone of real name servers, called without Temporal. */
import { createDnsActivities } from '../../../activities/dns/create-dns-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { zone, type NameServers } from './servers.ts';
import { switches } from './settings.ts';

export const asServers = (all: readonly NameServers['resolver'][]) => all.map(({ id, host, port }) => ({ id, host, port }));

/** Declares the zone as target `names`; `more` are fields of it. */
export const zoneInventory = (names: NameServers, more: Readonly<Record<string, unknown>> = {}): Inventory =>
  inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [
      {
        ...{ id: 'names', kind: 'dns-zone', zone, switches },
        servers: asServers(names.servers),
        resolvers: asServers([names.resolver]),
        provider: { kind: 'rfc2136', key: { name: names.key.name, secret: { env: 'KEY' } } },
        ...more,
      },
    ],
  }) as Inventory;

/** `secret` is what the key is thought to be. */
export function zoneActivities(
  names: NameServers,
  data: string,
  more: Readonly<Record<string, unknown>> = {},
  secret = names.key.secret,
) {
  const inventory = zoneInventory(names, more);
  return createDnsActivities(createPorts({ inventory: () => inventory, data, secret: () => secret }));
}
