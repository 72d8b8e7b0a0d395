/** Inputs of `region-failover`, `region-failback` and `region-drill`. */
import { z } from 'zod';
import { slug } from './start.ts';

export const regionFailoverInput = z.strictObject({
  to: slug.optional().describe('Side that takes over; left out where there is only one beside home.'),
  planned: z
    .boolean()
    .default(false)
    .describe('Both sides are well: databases are switched over without loss, and the TTL of names is lowered ahead.'),
});

/** Home is cut off: there is no planned way to leave it. */
export const regionDrillInput = regionFailoverInput.pick({ to: true });

export const regionFailbackInput = z.strictObject({});
