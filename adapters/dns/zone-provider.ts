/** One way to change zones; which one it is, the inventory says of each zone. */
import type { DnsZones, ZoneAccess } from '../../activities/ports/dns-zones.ts';

export type ProviderKind = ZoneAccess['provider']['kind'];

export type AccessBy<K extends ProviderKind> = ZoneAccess & { readonly provider: { readonly kind: K } };

type Changes = Pick<DnsZones, 'tryKey' | 'standing' | 'count' | 'update'>;

/** As `DnsZones` says, for zones of this kind. */
export type ZoneProvider<K extends ProviderKind> = {
  readonly [Verb in keyof Changes]: Changes[Verb] extends (zone: ZoneAccess, ...rest: infer Rest) => infer Answer
    ? (zone: AccessBy<K>, ...rest: Rest) => Answer
    : never;
};
