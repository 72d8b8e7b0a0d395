/** Input of `security-breach`. */
import { z } from 'zod';
import { backupIdText } from './start.ts';

const toolNames = z
  .array(z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,99}$/, 'a tool id (dt_…), a tool name or a file name'))
  .max(100);

/** What people say about tools; everything else is judged by what it is. */
export const judgementInput = z.strictObject({
  tools: toolNames.default([]).describe('Suspicious whatever they look like: they go into quarantine and do not come back.'),
  trusted: toolNames.default([]).describe('Trusted whatever they look like: they stay, and may come back.'),
});

export const securityBreachInput = judgementInput.extend({
  backup: backupIdText
    .optional()
    .describe('Recover from this backup instead of the newest verified one from before `brokenSince`.'),
  code: z
    .enum(['restore', 'leave'])
    .default('restore')
    .describe('Bring extensions and libraries from their declared git sources, or leave them as they are.'),
});
