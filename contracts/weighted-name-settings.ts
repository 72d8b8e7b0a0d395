/** What the inventory says of a name whose answers are divided by weight, as a place that spreads requests. */
import { z } from 'zod';
import { canonical, type RecordType } from '../domain/dns/records.ts';
import { recordTypes, type EntryValues } from '../domain/traffic/weighted-record.ts';
import { dnsName } from './dns-provider-settings.ts';
import { duration } from './duration.ts';
import { slug } from './inputs/start.ts';
import { proxyName } from './proxy-name.ts';
import { restApi, secured } from './rest-api.ts';
import { secretRef } from './secret-ref.ts';

const differ = (words: readonly string[]): boolean => new Set(words).size === words.length;
const typesOf = (entry: EntryValues): string => recordTypes.filter((type) => entry[type] !== undefined).join();

const valuesOf = (all: readonly EntryValues[], type: RecordType): string[] =>
  all.flatMap(({ [type]: value }) => (value === undefined ? [] : [canonical(type, value)]));

/** PowerDNS itself speaks HTTP alone; what stands before it may speak HTTPS. */
const api = secured(
  restApi.extend({
    url: restApi.shape.url.describe('What comes before `/api/v1`.'),
    key: secretRef.describe('Its `api-key`.'),
  }),
);

const server = z.strictObject({
  id: slug,
  host: z.string().min(1).max(253).describe('An address is better than a name here.'),
  port: z.int().min(1).max(65_535).default(53),
  api: api.describe('Its HTTP API.'),
});

const entry = z
  .strictObject({ A: z.ipv4().optional(), AAAA: z.ipv6().optional(), CNAME: dnsName.optional() })
  .refine((one) => ['A', 'AAAA', 'A,AAAA', 'CNAME'].includes(typesOf(one)), 'an A, an AAAA, both, or a CNAME alone');

export const weightedName = z
  .strictObject({
    id: slug,
    name: dnsName.describe('What users ask for; a LUA record of ours divides its answers by weight.'),
    zone: dnsName.describe('The zone that holds it.'),
    servers: z
      .array(server)
      .min(1)
      .max(16)
      .refine((all) => differ(all.map(({ id }) => id)), 'two servers have the same id')
      .describe('Every authoritative server, PowerDNS with LUA records; the first is the primary, which takes changes.'),
    entries: z
      .record(proxyName, entry)
      .refine((all) => new Set(Object.values(all).map(typesOf)).size === 1, 'every entry has the same types')
      .refine((all) => recordTypes.every((type) => differ(valuesOf(Object.values(all), type))), 'two entries have the same value')
      .describe('Server of a side → what the name answers for it.'),
    spread: duration.default(30_000).describe('How long the servers may take until all of them have a change.'),
  })
  .refine(({ name, zone }) => name === zone || name.endsWith(`.${zone}`), { path: ['name'], message: 'a name in the zone' });

export type WeightedName = z.infer<typeof weightedName>;
