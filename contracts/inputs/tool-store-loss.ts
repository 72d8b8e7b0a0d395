/** Input of `tool-store-loss`. */
import { z } from 'zod';
import { backupIdText } from './start.ts';

export const toolStoreLossInput = z.strictObject({
  backup: backupIdText.optional().describe('Restore from this backup instead of the newest verified one from before the damage.'),
});
