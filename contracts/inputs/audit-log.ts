/** Inputs of the scenarios of the audit log. */
import { z } from 'zod';
import { backupIdText } from './start.ts';

export const auditLogCorruptionInput = z.strictObject({});

export const auditLogRestoreInput = z.strictObject({
  backup: backupIdText.optional().describe('Take the log of this backup instead of the newest verified one.'),
});
