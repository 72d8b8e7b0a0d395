/** Phase 5 of a full system recovery: people move the traffic, and say so. */
import { phaseInput } from '../../contracts/inputs/full-system-recovery.ts';
import { recovery } from '../kit/recovery.ts';
import { fullSystem } from '../steps/full-system.ts';

export const switchOver = recovery('switch-over', phaseInput, async (r) => {
  const system = fullSystem(r);
  await system.switchOver();
  await system.verifySwitch();
});
