/** Phase 1 of a full system recovery: folders, room, network, Node and the agent itself. */
import { phaseInput } from '../../contracts/inputs/full-system-recovery.ts';
import { recovery } from '../kit/recovery.ts';
import { fullSystem } from '../steps/full-system.ts';

export const prepareEnvironment = recovery('prepare-environment', phaseInput, async (r) => {
  const system = fullSystem(r);
  await system.prepare();
  await system.verifyEnvironment();
});
