/** Input of `full-system-recovery`, and of the phases that it runs inside. */
import { z } from 'zod';
import { backupIdText } from './start.ts';

export const fullSystemRecoveryInput = z.strictObject({
  backup: backupIdText.optional().describe('Restore from this backup instead of the newest verified one from before the damage.'),
});

/** `system` is the id of the recovery around a phase. */
export const fetchPhaseInput = z.strictObject({ system: z.string().min(1).max(200), backup: backupIdText.optional() });
export const backupPhaseInput = z.strictObject({ system: z.string().min(1).max(200), backup: backupIdText });
export const phaseInput = z.strictObject({});
