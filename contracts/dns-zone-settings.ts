/** What the inventory says of a zone of names beside the head that all targets share. */
import { z } from 'zod';
import { recordSet, type RecordType } from '../domain/dns/records.ts';
import { zoneCdnSettings } from './cdn-settings.ts';
import { dnsName as name, dnsProvider } from './dns-provider-settings.ts';
import { duration } from './duration.ts';
import { slug } from './inputs/start.ts';

const server = z.strictObject({
  id: slug,
  host: z.string().min(1).max(253).describe('An address is better than a name here.'),
  port: z.int().min(1).max(65_535).default(53),
});

const command = z.array(z.string().min(1).max(1_000)).min(1).max(50);

const standby = z.strictObject({
  server: slug.describe('One of the servers, and not the first.'),
  takeOver: command.describe(
    'Command without a shell that makes it the primary, which takes our key. Run again where it ran already.',
  ),
  giveBack: command.optional().describe('Takes that back when the switch does.'),
  within: duration.default(60_000),
});

const differ = (words: readonly string[]): boolean => new Set(words).size === words.length;
const haveOwnIds = (all: readonly { readonly id: string }[]): boolean => differ(all.map(({ id }) => id));

const ttl = z.int().min(0).max(604_800).describe('Seconds that others may keep the answer.');

const switchOf = <V extends z.ZodType<string>>(type: RecordType, value: V, most: number) =>
  z.strictObject({
    id: slug,
    name,
    type: z.literal(type),
    ttl,
    sides: z
      .record(slug, z.array(value).min(1).max(most))
      .refine((sides) => Object.keys(sides).length >= 2, 'there are two sides at least')
      .refine(
        (sides) => differ(Object.values(sides).map((values) => recordSet(type, 0, values as string[]).values.join())),
        'two sides have the same values',
      )
      .describe('What stands there on each side.'),
  });

const aSwitch = z.discriminatedUnion('type', [
  switchOf('CNAME', name, 1),
  switchOf('A', z.ipv4(), 32),
  switchOf('AAAA', z.ipv6(), 32),
]);

export const dnsZoneSettings = {
  zone: name.describe('The zone that holds the names.'),
  servers: z
    .array(server)
    .min(1)
    .max(32)
    .refine(haveOwnIds, 'two servers have the same id')
    .describe('Every authoritative server; all are asked. The first one is the primary, which takes changes.'),
  resolvers: z
    .array(server)
    .max(32)
    .refine(haveOwnIds, 'two resolvers have the same id')
    .default([])
    .describe('Caching resolvers that users ask; a switch is over when they answer anew.'),
  provider: dnsProvider.describe('How the zone is changed.'),
  standby: standby
    .optional()
    .describe('Takes changes when people let it, while the primary does not answer. Of a zone that takes updates.'),
  switches: z
    .array(aSwitch)
    .min(1)
    .max(200)
    .refine(haveOwnIds, 'two switches have the same id')
    .refine((all) => differ(all.map((one) => `${one.name} ${one.type}`)), 'two switches stand at the same name and type')
    .describe('Record sets that lead users to one side or another. A request names a side and never an address.'),
  recordSets: z
    .int()
    .min(1)
    .optional()
    .describe('How many record sets the zone has, about. Left out, the primary is asked by a transfer.'),
  lowered: z.int().min(1).max(3_600).default(30).describe('Seconds to which a planned switch lowers the TTL ahead.'),
  cdn: zoneCdnSettings.optional(),
  limits: z
    .strictObject({
      spreadSeconds: z.int().min(1).max(3_600).default(30).describe('So long a change may take to every authoritative server.'),
      share: z
        .number()
        .min(0)
        .max(1)
        .default(0.3)
        .describe('A zone of ten record sets or more is not changed beyond this unforced.'),
    })
    .prefault({})
    .describe('What still counts as healthy.'),
};

/** Settings of a dns-zone target beside the head that all targets share. */
export type DnsZoneSettings = z.infer<z.ZodObject<typeof dnsZoneSettings>>;
