/** Seed A, full system recovery: five phases on an empty machine, each a recovery of its own with a time budget. */
import { fullSystemRecoveryInput } from '../contracts/inputs/full-system-recovery.ts';
import { recovery } from './kit/recovery.ts';
import { fullSystem } from './steps/full-system.ts';
import { within } from './steps/time-budget.ts';

export const fullSystemRecovery = recovery('full-system-recovery', fullSystemRecoveryInput, async (r, input) => {
  const system = fullSystem(r);
  const phase = (scenario: string, workflowType: string, minutes: number, given: object = {}): Promise<void> =>
    within(r, { phase: scenario, minutes }, () =>
      r.recover(scenario, { scenario, workflowType, target: r.target, input: given }),
    );

  const whole = { system: r.id };
  await phase('prepare-environment', 'prepareEnvironment', 15);
  await phase('fetch-backup', 'fetchBackup', 10, { ...whole, ...input });
  const backup = await system.notedBackup();
  await phase('restore-system', 'restoreSystem', 15, { ...whole, backup });
  await phase('verify-system', 'verifySystem', 15, { ...whole, backup });
  await phase('switch-over', 'switchOver', 60);
});
