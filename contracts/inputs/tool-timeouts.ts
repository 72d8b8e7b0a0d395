/** Input of `tool-timeouts`. */
import { z } from 'zod';
import { instant } from './start.ts';
import { toolRestoreInput } from './tool-restore.ts';

export const toolTimeoutsInput = z.strictObject({
  tools: toolRestoreInput.shape.tools.optional().describe('Ids or names of the tools to disable, whatever the log says.'),
  since: instant
    .optional()
    .describe('Timeouts from then on count; from `brokenSince`, else of the last 24 hours, when left out.'),
  atLeast: z.int().min(1).max(1_000).default(3).describe('So many timeouts make a tool one to disable, where none are named.'),
});
