/** Seed A, scenario 2: the audit log cannot be read any more. The agent need not stop: no line of it is lost. */
import { auditLogCorruptionInput } from '../contracts/inputs/audit-log.ts';
import { recovery } from './kit/recovery.ts';
import { logRepair } from './steps/log-repair.ts';

export const auditLogCorruption = recovery('audit-log-corruption', auditLogCorruptionInput, async (r) => {
  const log = logRepair(r);
  const repaired = await log.repair();
  await log.verify(repaired);
});
