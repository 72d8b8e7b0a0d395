/** Input of `tool-enable`. */
import { z } from 'zod';

/** Ids, names, or the file name of one of several versions without `.json`. */
export const asideTools = z
  .array(
    z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}(\.\d{1,3})?$/, 'a tool id (dt_…), a tool name, or a file name such as dt_….2'),
  )
  .min(1, 'name at least one tool')
  .max(100);

export const toolEnableInput = z.strictObject({
  tools: asideTools.describe(
    'Ids or names of the tools to take back into use; of several versions the one put away last, unless its file is named.',
  ),
});
