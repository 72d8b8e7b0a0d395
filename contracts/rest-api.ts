/** What the inventory says of a REST API: where it is, and whom to trust there. */
import { z } from 'zod';
import { serverName, tls } from './tls-settings.ts';

/** To be extended by what the API is asked with, and given to `secured`. */
export const restApi = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).refine((text) => !/^https?:\/\/[^/]*@/.test(text), 'an address without user and password'),
  tls: tls.describe('Whom to trust over https, and what to show of ourselves. Left out: the authorities of the system.'),
  serverName: serverName.describe('The name in its certificate, where that of `url` is another one.'),
});

/** Nothing is sent in the clear where somebody is to be trusted. */
export const secured = <S extends z.ZodType<z.infer<typeof restApi>>>(schema: S) =>
  schema
    .refine((one) => one.tls === undefined || /^https:/i.test(one.url), {
      path: ['url'],
      error: 'begins with https:// where `tls` is said: nothing is sent in the clear',
    })
    .refine((one) => one.serverName === undefined || one.tls !== undefined, {
      path: ['serverName'],
      error: 'goes with `tls`; without it the name in `url` is the one that is checked',
    });
