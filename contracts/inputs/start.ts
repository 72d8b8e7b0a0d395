/** What starts a recovery, as parsed at every door and again inside the workflow. Runs in the workflow sandbox. */
import { z } from 'zod';

/** Target and scenario ids: lower case, digits, hyphens. */
export const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens, at most 63');
/** ISO 8601 with an offset or Z; a local time without one has no single meaning. */
export const instant = z.iso.datetime({ offset: true, error: 'ISO 8601 with an offset or Z, such as 2026-11-22T02:00:00+09:00' });
export const reasonText = z.string().trim().min(1, 'say why').max(500);
/** A backup id, ours or derived from a script's folder. */
export const backupIdText = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'a backup id from GET /v1/targets/{id}/backups');

/** Body of `POST /v1/recoveries`. */
export const startRequest = z.strictObject({
  scenario: z.string().min(1).max(63),
  target: z.string().min(1).max(63),
  input: z.unknown().optional(),
  mode: z.enum(['run', 'dry-run']).default('run'),
  reason: reasonText,
  detectedAt: instant.optional(),
  brokenSince: instant.optional(),
  incident: slug.optional(),
  acknowledgeCoolDown: z.boolean().optional().describe('Run it although the same scenario ran on this target a moment ago.'),
});
