/** Seed A, scenario 1: every tool definition is gone, or many are damaged. */
import { toolStoreLossInput } from '../contracts/inputs/tool-store-loss.ts';
import { recovery } from './kit/recovery.ts';
import { toolStore } from './steps/tool-store.ts';

export const toolStoreLoss = recovery('tool-store-loss', toolStoreLossInput, async (r, input) => {
  const store = toolStore(r);
  await store.stopAgent();
  const saved = await store.protect();
  const chosen = await store.chooseBackup(input.backup);
  const source = { chosen, saved };
  const restored = await store.restore(source);
  await store.startAgent();
  await store.lookForWriteBacks(source, restored);
  await store.verify(restored);
});
