/** Phase 4 of a full system recovery: the agent started for real, its tools run, nothing written back. */
import { backupPhaseInput } from '../../contracts/inputs/full-system-recovery.ts';
import { recovery } from '../kit/recovery.ts';
import { fullSystem } from '../steps/full-system.ts';
import { toolStore } from '../steps/tool-store.ts';

export const verifySystem = recovery('verify-system', backupPhaseInput, async (r, { backup }) => {
  await toolStore(r).startAgent();
  await fullSystem(r).verifySystem(backup);
});
