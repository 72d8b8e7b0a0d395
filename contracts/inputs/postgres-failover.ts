/** Input of `postgres-failover`. */
import { z } from 'zod';
import { bringBack } from './bring-back.ts';
import { oneOf } from './one-of.ts';

export const postgresFailoverInput = z.strictObject({
  mode: z
    .enum(['failover', 'switchover'])
    .default('failover')
    .describe(
      '`switchover` moves the primary while all is well, and loses nothing; `failover` is for a primary that is ill or gone.',
    ),
  promote: oneOf
    .optional()
    .describe('The node that takes over; of a list, or of all where it is left out, the standby that loses least.'),
  bringBack,
});
