/** Phase 4 of a full system recovery: the agent started for real, the whole checklist filled in, nothing written back. */
import { backupPhaseInput } from '../../contracts/inputs/full-system-recovery.ts';
import { recovery } from '../kit/recovery.ts';
import { checklist } from '../steps/checklist.ts';
import { fullSystem } from '../steps/full-system.ts';
import { toolStore } from '../steps/tool-store.ts';

export const verifySystem = recovery('verify-system', backupPhaseInput, async (r, { system, backup }) => {
  await toolStore(r).startAgent();
  await checklist(r, system).verifyWithChecklist({ backup }, () => fullSystem(r).checkRunning(backup));
});
