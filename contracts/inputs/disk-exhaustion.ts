/** Input of `disk-exhaustion`. */
import { z } from 'zod';

export const diskExhaustionInput = z.strictObject({
  olderThanDays: z
    .int()
    .min(0)
    .max(3_650)
    .optional()
    .describe('Archive log lines that are older; left out, after `archiveAfter` of the target.'),
  archive: z.boolean().default(true).describe('Take old lines out of the audit log.'),
  prune: z.boolean().default(true).describe('Remove backups that are past their time. There is no way back from it.'),
});
