/** Input of `ddos-mitigation`. */
import { z } from 'zod';
import { parseNetwork } from '../../domain/protection/networks.ts';

export const network = z
  .string()
  .refine((text) => parseNetwork(text) !== undefined, 'an address or a network such as 203.0.113.0/24 or 2001:db8::/48');

export const ddosMitigationInput = z.strictObject({
  deny: z.array(network).max(100).default([]).describe('Denied beside the sources that are found.'),
  stage: z.int().min(1).max(5).default(1).describe('The stage of the inventory to begin with.'),
});
