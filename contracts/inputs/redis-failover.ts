/** Input of `redis-failover`. */
import { z } from 'zod';
import { bringBack } from './bring-back.ts';
import { oneOf } from './one-of.ts';

export const redisFailoverInput = z.strictObject({
  mode: z
    .enum(['failover', 'switchover'])
    .default('failover')
    .describe('`switchover` is planned: refused unless every server is well, and nothing is lost.'),
  promote: oneOf
    .optional()
    .describe('Node that takes over; of a list, or of all where it is left out, the replica that has most.'),
  bringBack,
});
