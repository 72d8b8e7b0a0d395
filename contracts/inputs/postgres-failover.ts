/** Input of `postgres-failover`. */
import { z } from 'zod';
import { bringBack } from './bring-back.ts';
import { slug } from './start.ts';

export const postgresFailoverInput = z.strictObject({
  mode: z
    .enum(['failover', 'switchover'])
    .default('failover')
    .describe(
      '`switchover` moves the primary while all is well, and loses nothing; `failover` is for a primary that is ill or gone.',
    ),
  promote: slug.optional().describe('The node that takes over; left out, the standby that loses least.'),
  bringBack,
});
