/** Input of `tool-restore`. */
import { z } from 'zod';
import { backupIdText } from './start.ts';

export const toolRestoreInput = z.strictObject({
  tools: z
    .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'a tool id (dt_…) or a tool name'))
    .min(1, 'name at least one tool')
    .max(100)
    .describe('Ids or names of the tools to bring back.'),
  backup: backupIdText.optional().describe('Take them from this backup instead of the newest verified one.'),
});
