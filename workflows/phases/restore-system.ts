/** Phase 3 of a full system recovery: tools and log from the backup, extensions and libraries from git. */
import { backupPhaseInput } from '../../contracts/inputs/full-system-recovery.ts';
import { recovery } from '../kit/recovery.ts';
import { fullSystem } from '../steps/full-system.ts';
import { toolStore } from '../steps/tool-store.ts';

export const restoreSystem = recovery('restore-system', backupPhaseInput, async (r, { backup }) => {
  const [system, store] = [fullSystem(r), toolStore(r)];
  if (!(await system.isPlaceThere())) return;
  await store.stopAgent();
  const saved = await store.protect();
  const restored = await store.restore({ chosen: { backup: { id: backup } }, saved });
  await system.bringSources();
  await system.verifyData(restored.plan.ref);
});
