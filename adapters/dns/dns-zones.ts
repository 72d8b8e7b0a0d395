/** Zones of names: questions by DNS itself, changes in the way that the inventory says of each. */
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { DnsZones, ZoneAccess } from '../../activities/ports/dns-zones.ts';
import type { ReadSecret } from '../secrets.ts';
import { createDynamicUpdates } from './dynamic-updates.ts';
import { lookAtServers } from './look-at-servers.ts';
import { createRoute53 } from './route53.ts';
import { createZoneFiles } from './zone-files.ts';
import type { ProviderKind, ZoneProvider } from './zone-provider.ts';

export function createDnsZones(secret: ReadSecret, commands: CommandRunner): DnsZones {
  const providers: { readonly [K in ProviderKind]: ZoneProvider<K> } = {
    rfc2136: createDynamicUpdates(secret),
    file: createZoneFiles(commands),
    route53: createRoute53(secret),
  };
  // Its kind is what it was chosen by.
  const of = ({ provider }: ZoneAccess) => providers[provider.kind] as ZoneProvider<ProviderKind>;
  return {
    ...lookAtServers,
    tryKey: (zone, signal) => of(zone).tryKey(zone, signal),
    standing: (zone, places, signal) => of(zone).standing(zone, places, signal),
    count: (zone, signal) => of(zone).count(zone, signal),
    update: (zone, changes, signal) => of(zone).update(zone, changes, signal),
  };
}
