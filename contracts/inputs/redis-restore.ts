/** Input of `redis-restore`. */
import { z } from 'zod';
import { backupIdText } from './start.ts';

export const redisRestoreInput = z.strictObject({
  backup: backupIdText.optional().describe('Restore this backup instead of the newest verified one from before the damage.'),
  source: z
    .enum(['snapshot', 'append-only'])
    .optional()
    .describe('What of it is restored; left out, the append-only file where the backup holds one, else the snapshot.'),
});
