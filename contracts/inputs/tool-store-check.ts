/** What a verification of a tool store is held against. */
import { z } from 'zod';
import { backupIdText } from './start.ts';

export const toolStoreCheckInput = z.strictObject({
  backup: backupIdText.optional().describe('Compare with this backup instead of the newest verified one.'),
  tools: z.int().min(0).max(100).optional().describe('How many tools there should be, instead of what backup and log say.'),
});
