/** A zone as the inventory of this moment declares it, and looks at its servers and resolvers. */
import type { DnsZoneSettings } from '../../contracts/dns-zone-settings.ts';
import type { TargetEntry } from '../../contracts/inventory.ts';
import { scenarioById } from '../../contracts/scenarios.ts';
import { fail } from '../../domain/fail.ts';
import { nodeFailed } from '../../domain/node-failed.ts';
import type { SeenZone } from '../../domain/dns/judge-zone.ts';
import type { Place } from '../../domain/dns/records.ts';
import type { ServerAnswer, ServerLook } from '../../domain/dns/server-look.ts';
import type { DnsServer } from '../ports/dns-zones.ts';
import type { Ports } from '../ports/index.ts';

export type DnsZone = DnsZoneSettings & Pick<TargetEntry, 'id' | 'objectives'>;
type Switches = DnsZoneSettings['switches'];

/** Fails: unknown-target. */
export function dnsZone(ports: Ports, id: string): DnsZone {
  const entry = ports.inventory().targets.find((target) => target.id === id && target.kind === 'dns-zone');
  if (entry) return entry as unknown as DnsZone;
  throw fail('unknown-target', { en: `There is no zone ${id}.`, ja: `ゾーン ${id} はありません。` });
}

export const standbyOf = ({ standby, servers }: DnsZone): DnsServer | undefined =>
  servers.find(({ id }) => id === standby?.server);

/** With the server first that takes changes. */
export const ledBy = (zone: DnsZone, server: DnsServer): DnsZone => ({
  ...zone,
  servers: [server, ...zone.servers.filter((one) => one !== server)],
});

/** Milliseconds. */
export const rtoOf = ({ objectives }: DnsZone): number => objectives.rto ?? scenarioById('dns-switch')!.objectives.rtoMs;

/** Those that are named, or all; each of them has that side. Fails: no-such-side. */
export function switchesOf({ switches }: DnsZone, side: string, named?: readonly string[]): Switches {
  const unknown = named?.find((id) => !switches.some((one) => one.id === id));
  if (unknown !== undefined) {
    throw fail('no-such-side', { en: `There is no switch ${unknown}.`, ja: `switch ${unknown} はありません。` });
  }
  const wanted = switches.filter(({ id }) => named === undefined || named.includes(id));
  const without = wanted.find(({ sides }) => !Object.hasOwn(sides, side));
  if (without === undefined) return wanted;
  const sides = Object.keys(without.sides).join(', ');
  throw fail('no-such-side', {
    en: `${without.id} has no side ${side}; it has ${sides}.`,
    ja: `${without.id} に side ${side} はありません(${sides})。`,
  });
}

export const lookAtServers = (
  { dnsZones }: Ports,
  { zone, servers }: DnsZone,
  places: readonly Place[],
  signal?: AbortSignal,
): Promise<ServerLook[]> => Promise.all(servers.map((server) => dnsZones.lookAtServer(zone, server, places, signal)));

export const lookAtResolvers = (
  { dnsZones }: Ports,
  { resolvers }: DnsZone,
  places: readonly Place[],
  signal?: AbortSignal,
): Promise<ServerLook[]> => Promise.all(resolvers.map((resolver) => dnsZones.lookAtResolver(resolver, places, signal)));

/** Fails: dns-silent. */
export async function lookAtPrimary(
  { dnsZones }: Ports,
  { zone, servers }: DnsZone,
  places: readonly Place[],
  signal?: AbortSignal,
): Promise<ServerAnswer> {
  const look = await dnsZones.lookAtServer(zone, servers[0]!, places, signal);
  if (look.answers) return look;
  throw nodeFailed(look.server, look.said, 'dns-silent');
}

export async function lookAtZone(ports: Ports, zone: DnsZone, signal?: AbortSignal): Promise<SeenZone> {
  const second = standbyOf(zone);
  const [servers, resolvers, key, standbyKey] = await Promise.all([
    lookAtServers(ports, zone, zone.switches, signal),
    lookAtResolvers(ports, zone, zone.switches, signal),
    ports.dnsZones.tryKey(zone, signal),
    second && ports.dnsZones.tryKey(ledBy(zone, second), signal),
  ]);
  return { servers, resolvers, key, ...(second && standbyKey && { standby: { server: second.id, key: standbyKey } }) };
}
