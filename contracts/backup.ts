/** Backups across doors: the manifest on disk, the test beside it, and the document the API answers. */
import { z } from 'zod';
import { backupStatuses, type BackupHold, type BackupTest, type Manifest } from '../domain/backup.ts';
import { backupIdText, instant, reasonText } from './inputs/start.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const text = z.strictObject({ en: z.string(), ja: z.string() });
const counts = z.record(z.string(), z.number());
const kind = z.enum(['full', 'incremental', 'manual']);

/** A path inside a target: relative, `/`-separated, no empty, `.` or `..` part, no NUL. */
export const safePath = z
  .string()
  .min(1)
  .max(1024)
  .refine(
    (path) =>
      !path.includes('\0') &&
      !path.includes('\\') &&
      path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'a relative path that stays inside',
  );

export const manifestSchema = z.strictObject({
  version: z.literal(1),
  id: backupIdText,
  target: z.string(),
  kind,
  base: backupIdText.nullable(),
  startedAt: instant,
  finishedAt: instant,
  files: z.array(
    z.strictObject({
      path: safePath,
      bytes: z.int().min(0),
      sha256,
      mode: z.string().regex(/^0[0-7]{3,4}$/),
      uid: z.int().min(0),
      gid: z.int().min(0),
      modifiedAt: instant,
      in: backupIdText,
      as: safePath.optional(),
    }),
  ),
  skipped: z.array(z.string()),
  elsewhere: z.strictObject({ tool: z.string(), label: z.string(), bytes: z.number() }).optional(),
  counts,
  from: z.strictObject({ host: z.string(), okiagari: z.string() }),
  suspect: text.optional(),
  reason: z.string().optional(),
  findings: z.array(text).optional(),
  digest: sha256,
}) satisfies z.ZodType<Manifest>;

export const backupTestSchema = z.strictObject({
  backup: backupIdText,
  manifest: sha256,
  passed: z.boolean(),
  testedAt: instant,
  restoreMs: z.number(),
  counts,
  failure: z.string().optional(),
}) satisfies z.ZodType<BackupTest>;

export const backupHoldSchema = z.strictObject({
  held: z.boolean(),
  reason: z.string(),
  by: z.string(),
  at: instant,
}) satisfies z.ZodType<BackupHold>;

/** Body of `POST /v1/backups/{id}/hold`. */
export const holdRequest = z.strictObject({
  held: z.boolean().describe('true keeps it against retention, false lets it go its way again.'),
  reason: reasonText,
});

/** Body of `POST /v1/targets/{id}/backups`. */
export const takeBackupRequest = z.strictObject({
  kind: kind
    .default('full')
    .describe(
      '`incremental` stores only what changed since the newest one before it; `manual` is a full one with its own time to keep.',
    ),
  reason: reasonText.optional(),
});

export const backupDocument = z.object({
  id: z.string(),
  target: z.string(),
  kind,
  source: z.enum(['okiagari', 'script']),
  status: z.enum(Object.keys(backupStatuses) as [keyof typeof backupStatuses]),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
  verifiedAt: z.string().optional(),
  restoreMs: z.number().optional(),
  bytes: z.number(),
  files: z.number(),
  counts,
  repositories: z.array(z.string()).readonly(),
  held: z.boolean(),
  failure: z.string().optional(),
  findings: z.array(z.string()).optional(),
});

/** What the API answers: findings in the reader's language. */
export type BackupDocument = z.infer<typeof backupDocument>;
