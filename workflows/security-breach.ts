/** Seed A, scenario 5: somebody was, or may have been, inside. */
import { securityBreachInput } from '../contracts/inputs/security-breach.ts';
import { recovery } from './kit/recovery.ts';
import { breach } from './steps/security-breach.ts';
import { toolStore } from './steps/tool-store.ts';

export const securityBreach = recovery('security-breach', securityBreachInput, async (r, input) => {
  const [store, scene] = [toolStore(r), breach(r)];
  await scene.preserveEvidence();
  await store.stopAgent();
  await scene.examine(input);
  const isolated = await scene.quarantine(input);
  await scene.investigate();
  const saved = await store.protect();
  const chosen = await store.chooseBackup(input.backup);
  const tools = await scene.judgeBackup(chosen, isolated);
  const source = { chosen, saved, tools };
  const restored = await store.restore(source);
  const code = await scene.restoreCode(input.code);
  await store.startAgent();
  await store.lookForWriteBacks(source, restored);
  await scene.verify({ restored, isolated, chosen, code });
});
