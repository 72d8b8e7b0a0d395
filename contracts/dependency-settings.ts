/** What the tools of a store lean on, so that their timeouts can be told from those of others. */
import { z } from 'zod';
import { slug } from './inputs/start.ts';

const timeoutMs = z.int().min(100).max(30_000).default(5_000);

/** Whoever has a secret to send would write it here: there is no need for one to see that somebody answers. */
const plainUrl = z
  .url({ protocol: /^https?$/, error: 'an http or https address' })
  .refine((url) => !URL.canParse(url) || new URL(url).username + new URL(url).password === '', 'without user and password');

export const dependencySettings = z
  .array(
    z.union([
      z.strictObject({ id: slug, url: plainUrl, timeoutMs }),
      z.strictObject({ id: slug, host: z.string().min(1).max(253), port: z.int().min(1).max(65_535), timeoutMs }),
    ]),
  )
  .max(20)
  .default([])
  .describe(
    'What the tools need: `{ id, url }` answers below 500, `{ id, host, port }` takes a connection. Probed when tools time out.',
  );
