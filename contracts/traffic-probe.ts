/** A question of our own that shows whether users would be answered. */
import { z } from 'zod';
import { duration } from './duration.ts';

export const probe = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).refine((text) => !/^https?:\/\/[^/]*@/.test(text), 'an address without user and password'),
  host: z.string().min(1).max(253).optional().describe('The Host header, where it is not that of the address.'),
  every: duration.default(1_000),
  expect: z.int().min(100).max(599).default(200).describe('The status that is well.'),
});
