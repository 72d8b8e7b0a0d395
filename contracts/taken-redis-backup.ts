/** `redis.json` among the files of a backup of Redis servers. */
import { z } from 'zod';
import type { TakenRedisBackup } from '../domain/redis/taken-backup.ts';

const number = z.int().min(0);

export const takenRedisBackupSchema = z.strictObject({
  node: z.string().min(1),
  holds: z.array(z.enum(['snapshot', 'append-only'])).min(1),
  databases: z.int().min(1),
  snapshotKeys: number,
  counted: z.strictObject({
    databases: z.array(z.strictObject({ database: number, keys: number, lasting: number })),
    patterns: z.array(z.strictObject({ pattern: z.string(), found: number })),
  }),
}) satisfies z.ZodType<TakenRedisBackup>;
