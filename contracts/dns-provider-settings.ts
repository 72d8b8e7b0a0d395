/** How a zone is changed: by updates that its primary takes, in the file that it loads, or through the API of whoever serves it. */
import { z } from 'zod';
import { absolute } from '../domain/dns/records.ts';
import { secretRef } from './secret-ref.ts';

export const dnsName = z
  .string()
  .max(254)
  .regex(
    /^[A-Za-z0-9_*-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?$/,
    'a whole name, such as api.example.jp (names in other letters as xn--…)',
  )
  .transform(absolute);

const rfc2136 = z.strictObject({
  kind: z.literal('rfc2136').describe('Dynamic updates: BIND, Knot, PowerDNS and others.'),
  key: z
    .strictObject({
      name: dnsName,
      algorithm: z.enum(['hmac-sha256', 'hmac-sha512']).default('hmac-sha256'),
      secret: secretRef.describe('In base64, as tsig-keygen writes it.'),
    })
    .describe('Signs every change (TSIG), and has to sign every answer to one.'),
});

const file = z.strictObject({
  kind: z.literal('file').describe('A zone file that the primary loads.'),
  path: z
    .string()
    .startsWith('/', 'an absolute path')
    .describe('The file itself and no link, on the machine of the worker that serves the site.'),
  reload: z
    .array(z.string().min(1))
    .min(1)
    .describe('Command and arguments, without a shell, that have the primary load it. Run again where it ran already.'),
});

const route53 = z.strictObject({
  kind: z.literal('route53').describe('A public hosted zone of Amazon Route 53. Experimental.'),
  zoneId: z.string().regex(/^[A-Z0-9]{1,32}$/, 'the id of a hosted zone, such as Z0123456789ABCDEFGHIJ'),
  accessKeyId: secretRef,
  secretAccessKey: secretRef,
  region: z.string().min(1).max(64).default('us-east-1').describe('That signs requests.'),
  endpoint: z
    .url({ protocol: /^https?$/, error: 'an http or https URL' })
    .optional()
    .describe('That of AWS when left out.'),
});

export const dnsProvider = z.discriminatedUnion('kind', [rfc2136, file, route53]);

export type Route53Settings = z.infer<typeof route53>;
