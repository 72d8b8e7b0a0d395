/** A Redis master is replaced: first it is certain that the old one takes no writes, then another one does. */
import { redisFailoverInput } from '../contracts/inputs/redis-failover.ts';
import { recovery } from './kit/recovery.ts';
import { redisFence } from './steps/redis-fence.ts';
import { redisTakeOver } from './steps/redis-take-over.ts';

export const redisFailover = recovery('redis-failover', redisFailoverInput, async (r, input) => {
  const before = redisFence(r);
  const assessed = await before.assess(input);
  const fence = await before.fence(input.mode, assessed);
  await before.prove(fence);
  const loss = await before.agreeToLoss(assessed, fence);

  const after = redisTakeOver(r);
  const { takesWrites } = await after.promote(assessed, fence);
  await after.repoint(assessed);
  if (takesWrites) await r.serves();
  await after.follow(assessed, fence);
  const leftOut = await after.bringBack(assessed, fence, loss, input.bringBack === 'may' && takesWrites);
  await after.verify(assessed, fence, { loss, leftOut });
});
