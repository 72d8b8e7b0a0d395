/** What the inventory says of TLS: whom to trust, and what to show of ourselves. */
import { z } from 'zod';

const pem = z.strictObject({ file: z.string().startsWith('/', 'an absolute path') });

export const tls = z
  .strictObject({
    ca: pem.describe('Certificates of the authorities that signed those of the servers; no others are trusted.'),
    client: z
      .strictObject({ certificate: pem, key: pem })
      .optional()
      .describe('Our own certificate and its key, for servers that ask for one.'),
  })
  .optional()
  .describe('Every connection is encrypted, and the certificate of the server is checked, its name too. Left out: plain TCP.');

export const serverName = z
  .string()
  .min(1)
  .max(253)
  .optional()
  .describe('The name in its certificate, where `host` is not that name.');

export const certificateDays = z.int().min(0).default(21).describe('A certificate is valid for so many days more.');

export type TlsSettings = NonNullable<z.infer<typeof tls>>;
