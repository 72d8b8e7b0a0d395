/** What clients connect through, declared so that it can be repointed when another node takes the writes. */
import { z } from 'zod';
import { conceal } from '../domain/endpoints/conceal.ts';
import { slug } from './inputs/start.ts';
import { kubernetesApi, objectName } from './kubernetes-settings.ts';
import { serverName } from './tls-settings.ts';
import { proxyName } from './proxy-name.ts';
import { proxies } from './traffic-settings.ts';

const differ = (words: readonly string[]): boolean => new Set(words).size === words.length;

const via = z
  .strictObject({
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535),
    serverName,
    tls: z.literal(false).optional().describe('Clients speak plain TCP to it, though the servers themselves want TLS.'),
  })
  .optional()
  .describe('Where clients reach the servers through it, to see there who answers.');

/** It stands for the node that takes the writes. */
const ledText = z
  .string()
  .max(16_000)
  .refine((text) => conceal(text) === text, 'a secret does not belong here: keep it in a file that includes this one');

const file = z.strictObject({
  id: slug,
  kind: z.literal('file'),
  path: z
    .string()
    .startsWith('/', 'an absolute path')
    .describe('A file that this endpoint alone fills, on the machine of the worker that serves the site.'),
  text: ledText
    .refine((text) => text.includes('{host}') && text.includes('{port}'), 'the text contains {host} and {port}')
    .describe('All that stands in the file; {host} and {port} are those of the node that takes the writes.'),
  reload: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Command and arguments, without a shell, that make it count. Run again where it ran already.'),
  via,
});

const haproxy = z.strictObject({
  id: slug,
  kind: z.literal('haproxy'),
  proxies,
  backend: proxyName,
  servers: z
    .record(slug, proxyName)
    .refine((all) => differ(Object.values(all)), 'two nodes have the same server')
    .describe(
      'Node → its server in the backend. That of the node that takes the writes is ready, the others are in maintenance.',
    ),
  via,
});

const dns = z.strictObject({
  id: slug,
  kind: z.literal('dns'),
  zone: slug.describe('A target of kind dns-zone; it is held as long as the recovery runs.'),
  switch: slug.describe('The name, as the zone declares it.'),
  sides: z.record(slug, slug).describe('Node → the side of the switch that leads to it.'),
  via,
});

const secret = z.strictObject({
  id: slug,
  kind: z.literal('kubernetes-secret').describe('A Secret of a Kubernetes cluster. Experimental.'),
  ...kubernetesApi,
  token: kubernetesApi.token.describe('Of an account that may get and patch the Secret, and patch the Deployments.'),
  secret: objectName.describe('It has to be there; other keys of it are left alone.'),
  keys: z
    .record(z.string().regex(/^[\w.-]{1,253}$/, 'a key of a Secret'), ledText)
    .refine((all) => Object.values(all).join().includes('{host}'), 'one of the texts contains {host}')
    .describe('Key → what stands there; {host} and {port} are those of the node that takes the writes.'),
  restart: z
    .array(objectName)
    .max(16)
    .optional()
    .describe('Deployments that read it only when they start: their pods are replaced.'),
  via,
});

const endpoint = z.discriminatedUnion('kind', [file, haproxy, dns, secret]);

export const endpoints = z
  .array(endpoint)
  .max(16)
  .refine((all) => differ(all.map(({ id }) => id)), 'two endpoints have the same id')
  .refine((all) => differ(all.flatMap((one) => (one.kind === 'file' ? [one.path] : []))), 'two endpoints write the same file')
  .default([])
  .describe('What clients connect through; repointed when another node takes the writes.');

export type EndpointSettings = z.infer<typeof endpoint>;
export type FileEndpoint = z.infer<typeof file>;
export type ProxyEndpoint = z.infer<typeof haproxy>;
export type NameEndpoint = z.infer<typeof dns>;
export type SecretEndpoint = z.infer<typeof secret>;

/** Zones that repointing changes: whoever repoints has to hold them as well. */
export function zonesToRepoint(target: Readonly<Record<string, unknown>>): string[] {
  const all = (target['endpoints'] ?? []) as readonly EndpointSettings[];
  return [...new Set(all.flatMap((one) => (one.kind === 'dns' ? [one.zone] : [])))];
}
