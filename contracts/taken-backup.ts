/** `postgres.json` among the files of a backup of a PostgreSQL cluster. */
import { z } from 'zod';
import type { TakenBackup } from '../domain/postgres/taken-backup.ts';
import { instant } from './inputs/start.ts';

const position = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/);

export const takenBackupSchema = z.strictObject({
  tool: z.enum(['pgbackrest', 'base-backup']),
  label: z.string().min(1),
  kind: z.enum(['full', 'incremental']),
  base: z.string().nullable(),
  timeline: z.int().min(1),
  startPosition: position,
  stopPosition: position,
  startFile: z.string().regex(/^[0-9A-F]{24}$/),
  stoppedAt: instant,
  restorePoint: z.string().optional(),
  bytes: z.number(),
}) satisfies z.ZodType<TakenBackup>;
