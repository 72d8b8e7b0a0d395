/** What stands between users and the sides and keeps what it fetched: how it is told to forget that, and how it is seen. */
import { z } from 'zod';
import { slug } from './inputs/start.ts';
import { secretRef } from './secret-ref.ts';

const clear = (words: readonly string[]): boolean =>
  words.every((one, n) => words.every((other, at) => n === at || !one.includes(other)));

export const cdnSettings = z
  .strictObject({
    purge: z
      .strictObject({
        url: secretRef.describe('Takes a POST, signed as webhooks are, and answers 2xx when it has forgotten all.'),
        secret: secretRef.describe('Signs each body (HMAC-SHA256).'),
      })
      .describe('A provider of yours: a small service, or the function of a provider, that purges the CDN.'),
    probe: z.strictObject({
      url: z
        .url({ protocol: /^https?$/, error: 'an http or https URL' })
        .refine((text) => URL.parse(text)?.username === '' && URL.parse(text)?.password === '', 'a secret does not belong here')
        .describe('What users ask for; it is fetched through the CDN until it comes from the side that is wanted.'),
      header: z
        .string()
        .regex(/^[A-Za-z0-9-]{1,64}$/, 'the name of a header')
        .optional()
        .describe('Where the side is told; left out, it is looked for in the body.'),
      expect: z
        .record(slug, z.string().min(1).max(200))
        .refine((sides) => clear(Object.values(sides)), 'what one side says is within what another says')
        .describe('Side → what the answer contains when it comes from there.'),
      seconds: z.int().min(1).max(3_600).default(60).describe('So long it may take after the purge.'),
    }),
  })
  .describe('A CDN before the sides: purged when they have changed, and seen from outside.');

/** One that finds its side by a name. */
export const zoneCdnSettings = cdnSettings.extend({ switch: slug.describe('The switch by which it finds its side.') });

export type CdnSettings = z.infer<typeof cdnSettings>;
