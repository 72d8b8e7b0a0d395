/** Input of `redis-failover`. */
import { z } from 'zod';
import { bringBack } from './bring-back.ts';
import { slug } from './start.ts';

export const redisFailoverInput = z.strictObject({
  mode: z
    .enum(['failover', 'switchover'])
    .default('failover')
    .describe('`switchover` is planned: refused unless every server is well, and nothing is lost.'),
  promote: slug.optional().describe('Node that takes over; left out, the replica that has most.'),
  bringBack,
});
