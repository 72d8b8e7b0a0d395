/** What the inventory says of a tool store beside the head that all targets share. */
import { z } from 'zod';
import { backupSettings } from './backup-settings.ts';
import { duration } from './duration.ts';
import { slug } from './inputs/start.ts';

const command = z.array(z.string().min(1)).min(1).describe('Program and arguments; no shell.');

export const toolStoreSettings = {
  root: z.string().min(1).describe('Folder that holds `.pi/`.'),
  repositories: z.array(slug).min(1).describe('Repositories that hold its backups, in order of preference.'),
  criticalTools: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/),
        parameters: z.record(z.string(), z.unknown()).default({}),
        expect: z.unknown().optional().describe('The result must contain this.'),
        timeoutMs: z.int().min(100).max(60_000).default(10_000),
      }),
    )
    .default([])
    .describe('Run on a scratch copy before "recovered"; nothing else is executed.'),
  agent: z
    .union([z.literal('none'), z.strictObject({ running: command, stop: command, start: command })])
    .optional()
    .describe('How to see, stop and start the agent. `none` where nothing runs; left out, a person is asked.'),
  backups: backupSettings,
  archiveAfter: duration
    .default(30 * 86_400_000)
    .describe('Lines of the audit log that are older may be moved into an archive when room is needed.'),
  limits: z
    .strictObject({
      quarantineShare: z
        .number()
        .min(0)
        .max(1)
        .default(0.01)
        .describe('Part of the audit log that a repair may put into quarantine without asking.'),
    })
    .prefault({}),
};

/** Settings of a tool-store target beside the head that all targets share. */
export type ToolStoreSettings = z.infer<z.ZodObject<typeof toolStoreSettings>>;
