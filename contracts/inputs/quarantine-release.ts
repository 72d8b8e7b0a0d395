/** Input of `quarantine-release`. */
import { z } from 'zod';
import { reasonText } from './start.ts';
import { asideTools } from './tool-enable.ts';

export const quarantineReleaseInput = z.strictObject({
  tools: asideTools.describe(
    'Ids or names of the tools to release; of several versions the one put away last, unless its file is named.',
  ),
  finding: reasonText.describe('What the investigation found: why these tools are safe. Those who decide read it.'),
});
