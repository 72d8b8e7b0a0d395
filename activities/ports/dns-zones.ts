/** Zones of names: what servers and resolvers answer, and changes of them. */
import type { DnsZoneSettings } from '../../contracts/dns-zone-settings.ts';
import type { Place, RecordSet } from '../../domain/dns/records.ts';
import type { KeyLook, ServerLook } from '../../domain/dns/server-look.ts';

export type DnsServer = DnsZoneSettings['servers'][number];
export type ZoneAccess = Pick<DnsZoneSettings, 'zone' | 'servers' | 'provider'>;

export interface RecordChange extends Place {
  readonly before: RecordSet | null;
  readonly after: RecordSet | null;
}

export interface DnsZones {
  /** Serial and record sets as one authoritative server has them, in bounded time. Never throws for what it does. Reads only. */
  lookAtServer(zone: string, server: DnsServer, places: readonly Place[], signal?: AbortSignal): Promise<ServerLook>;
  /** Record sets as a resolver tells them to users, its serial always 0. Never throws for what it does. Reads only. */
  lookAtResolver(resolver: DnsServer, places: readonly Place[], signal?: AbortSignal): Promise<ServerLook>;
  /** Whether changes would be taken: the primary takes our key, the file can be changed. Never throws for what they do. Reads only. */
  tryKey(zone: ZoneAccess, signal?: AbortSignal): Promise<KeyLook>;
  /**
   * Record sets as they stand where they are changed, which the primary may not serve yet; undefined where it is the primary
   * itself that is changed. Reads only. Fails: zone-file-refused, and of an account dns-silent, dns-refused, dns-key-refused.
   */
  standing(zone: ZoneAccess, places: readonly Place[], signal?: AbortSignal): Promise<readonly (RecordSet | null)[] | undefined>;
  /**
   * How many record sets the primary has, by a transfer, or its file; undefined where it allows none. Reads only.
   * Fails: dns-silent, dns-key-refused, zone-file-refused.
   */
  count(zone: ZoneAccess, signal?: AbortSignal): Promise<number | undefined>;
  /**
   * All of the changes or none, at the primary, sent once. `not-as-before`: nothing was done, as one of the record sets has other
   * values than `before`; a TTL alone is not compared by every provider. Sent again after it was done, it answers so too, or
   * changes nothing. Where it is done the primary serves it.
   * Fails: dns-silent, dns-refused, dns-key-refused, zone-file-refused, zone-not-loaded.
   */
  update(zone: ZoneAccess, changes: readonly RecordChange[], signal?: AbortSignal): Promise<'done' | 'not-as-before'>;
}
