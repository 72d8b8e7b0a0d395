/** Seed A, partial restore: one or several tools come back, every other tool is left alone. */
import { toolRestoreInput } from '../contracts/inputs/tool-restore.ts';
import { recovery } from './kit/recovery.ts';
import { toolStore } from './steps/tool-store.ts';

export const toolRestore = recovery('tool-restore', toolRestoreInput, async (r, input) => {
  const store = toolStore(r);
  await store.stopAgent();
  const saved = await store.protect();
  const chosen = await store.chooseBackup(input.backup);
  const source = { chosen, saved, tools: input.tools };
  const restored = await store.restore(source);
  await store.startAgent();
  await store.lookForWriteBacks(source, restored);
  await store.verify(restored);
});
