/** Has a name lead to one node: changed only as it was found, over when every authoritative server answers anew. */
import type { NameEndpoint } from '../../contracts/endpoint-settings.ts';
import { areSame, inWords, recordSet } from '../../domain/dns/records.ts';
import { fail } from '../../domain/fail.ts';
import { untilServersSay } from '../dns/look.ts';
import { dnsZone, lookAtPrimary, switchesOf } from '../dns/target.ts';
import type { Ports } from '../ports/index.ts';
import type { Repointed } from './repointed.ts';

/** Twice is fine. What others still keep in their caches is theirs for the TTL. Fails: dns-silent, dns-refused, dns-key-refused, not-everywhere, no-such-side, endpoint-refused. */
export async function repointName(ports: Ports, endpoint: NameEndpoint, node: string, signal?: AbortSignal): Promise<Repointed> {
  const zone = dnsZone(ports, endpoint.zone);
  const side = endpoint.sides[node] ?? node;
  const [place] = switchesOf(zone, side, [endpoint.switch]);
  const after = recordSet(place!.type, place!.ttl, place!.sides[side]!);
  const [before] = (await lookAtPrimary(ports, zone, [place!], signal)).sets;
  const isSo = areSame(before ?? null, after);
  if (!isSo) {
    const said = await ports.dnsZones.update(zone, [{ ...place!, before: before ?? null, after }], signal);
    if (said === 'not-as-before') throw changedMeanwhile(endpoint.id, place!.name);
  }
  await untilServersSay(ports, zone, [place!], { sets: [after] }, signal);
  return { endpoint: endpoint.id, outcome: isSo ? 'already' : 'changed', ...(!isSo && { before: inWords(before ?? null) }) };
}

const changedMeanwhile = (endpoint: string, name: string) =>
  fail('endpoint-refused', {
    en: `${endpoint}: somebody changed ${name} at the same moment.`,
    ja: `${endpoint}: ${name} が同時に他から変更されました。`,
  });
