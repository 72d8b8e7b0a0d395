/** Seed B, 3.3: a whole region is lost, or to be left; everything that it runs is moved to another side, once people agreed. */
import { regionFailoverInput } from '../contracts/inputs/region-move.ts';
import { recovery } from './kit/recovery.ts';
import { region } from './steps/region.ts';

export const regionFailover = recovery('region-failover', regionFailoverInput, async (r, input) => {
  const service = region(r);
  const move = await service.assess('away', input);
  await service.activate(move);
  await service.prove(move);
  const approval = await service.agree(move);
  await service.moveMembers(move, approval);
  await service.watch(move);
  await service.verify(move);
});
