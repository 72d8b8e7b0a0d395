/** What the inventory says of the places that spread requests over sides, proxies and weighted names, beside the head that all targets share. */
import { z } from 'zod';
import { cdnSettings } from './cdn-settings.ts';
import { duration } from './duration.ts';
import { slug } from './inputs/start.ts';
import { protection } from './protection-settings.ts';
import { proxyName } from './proxy-name.ts';
import { probe } from './traffic-probe.ts';
import { weightedName } from './weighted-name-settings.ts';

const absolutePath = z.string().startsWith('/', 'an absolute path');
const differ = (words: readonly string[]): boolean => new Set(words).size === words.length;

const common = {
  id: slug,
  stateFile: absolutePath
    .optional()
    .describe('Its `server-state-file`, on the machine of the worker: written after each change, so that a restart keeps it.'),
};

const proxy = z.union([
  z.strictObject({ ...common, socket: absolutePath.describe('Its runtime socket on the machine of the worker, level admin.') }),
  z.strictObject({ ...common, host: z.string().min(1).max(253), port: z.int().min(1).max(65_535) }),
]);

const side = z.strictObject({
  servers: z.array(proxyName).min(1).max(100).describe('Its servers in the backend, and entries of a weighted name.'),
  probe: probe.describe('Of the side itself, past the proxies.'),
});

const haveOwnIds = (all: readonly { readonly id: string }[]): boolean => differ(all.map(({ id }) => id));

export const proxies = z
  .array(proxy)
  .min(1)
  .max(16)
  .refine(haveOwnIds, 'two proxies have the same id')
  .describe('Every HAProxy that requests come in through.');

export const trafficSettings = {
  proxies: proxies.optional(),
  names: z
    .array(weightedName)
    .min(1)
    .max(16)
    .refine(haveOwnIds, 'two names have the same id')
    .optional()
    .describe('Every name whose answers are divided by weight, in the place of proxies or before them.'),
  backend: proxyName.optional().describe('Of every HAProxy.'),
  sides: z
    .record(slug, side)
    .refine((all) => Object.keys(all).length >= 2, 'two sides at least')
    .refine((all) => differ(Object.values(all).flatMap(({ servers }) => servers)), 'a server belongs to one side alone'),
  weight: z.int().min(1).max(256).default(100).describe('Of a side that has everything, over all of its servers.'),
  steps: z.array(z.int().min(1).max(100)).min(1).max(20).default([10, 50, 100]).describe('Percent, one after the other.'),
  dwell: duration.default(30_000).describe('How long each step is watched.'),
  drain: duration
    .default(60_000)
    .describe('How long sessions of a side that was left, and answers that lead there, are waited for. None is cut.'),
  thresholds: z
    .strictObject({
      errors: z.number().min(0).max(1).default(0.05).describe('Part of the requests that may fail (5xx, connections).'),
      latency: duration.default(500).describe('Mean time to the response.'),
      requests: z.int().min(1).max(100_000).default(20).describe('Fewer say nothing; then the probe alone counts.'),
    })
    .prefault({})
    .describe('Beyond these a side that was given more gives it back.'),
  cdn: cdnSettings.optional(),
  protection: protection.optional().describe('What `ddos-mitigation` may raise.'),
};

/** Settings of a traffic target beside the head that all targets share. */
export type TrafficSettings = z.infer<z.ZodObject<typeof trafficSettings>>;

/** An HAProxy. */
export type ProxySettings = z.infer<typeof proxy>;
