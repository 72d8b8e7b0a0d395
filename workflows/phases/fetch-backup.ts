/** Phase 2 of a full system recovery: the newest consistent backup, proven on this machine. */
import { fetchPhaseInput } from '../../contracts/inputs/full-system-recovery.ts';
import { recovery } from '../kit/recovery.ts';
import { fullSystem } from '../steps/full-system.ts';
import { toolStore } from '../steps/tool-store.ts';

export const fetchBackup = recovery('fetch-backup', fetchPhaseInput, async (r, input) => {
  const chosen = await toolStore(r).chooseBackup(input.backup);
  await fullSystem(r).proveBackup(chosen, input.system);
});
