/** Seed A, restore of the audit log: the backup's lines come back, those that are still there stay. */
import { auditLogRestoreInput } from '../contracts/inputs/audit-log.ts';
import { recovery } from './kit/recovery.ts';
import { logRestore } from './steps/log-restore.ts';

export const auditLogRestore = recovery('audit-log-restore', auditLogRestoreInput, async (r, input) => {
  const log = logRestore(r);
  const chosen = await log.chooseBackup(input.backup);
  const restored = await log.restore(chosen);
  await log.verify(restored);
});
