/** Seed B, 5.2: the way home. What was away follows first, so that nothing is lost on the way; it can be gone again and again. */
import { regionFailbackInput } from '../contracts/inputs/region-move.ts';
import { recovery } from './kit/recovery.ts';
import { region } from './steps/region.ts';

export const regionFailback = recovery('region-failback', regionFailbackInput, async (r) => {
  const service = region(r);
  const move = await service.assess('home', { planned: true });
  await service.activate(move);
  await service.prove(move);
  const approval = await service.agree(move);
  await service.rejoin(move);
  await service.moveMembers(move, approval);
  await service.watch(move);
  await service.verify(move);
});
