/** What the inventory says of a tool store beside the head that all targets share. */
import { z } from 'zod';
import { dependencySettings } from './dependency-settings.ts';
import { backupSettings } from './backup-settings.ts';
import { duration } from './duration.ts';
import { slug } from './inputs/start.ts';
import { sourceCode } from './source-code.ts';

const command = z.array(z.string().min(1)).min(1).describe('Program and arguments; no shell.');

const absolutePath = z.string().startsWith('/', 'an absolute path');

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
  agentPackage: z
    .strictObject({
      path: absolutePath,
      version: z
        .string()
        .regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/, 'an exact version such as 0.73.1')
        .optional()
        .describe('Installed by `full-system-recovery` where it is not there; the path then has to be one in a `node_modules`.'),
    })
    .optional()
    .describe('Folder of the installed npm package of the agent; verification drives it there, on a scratch copy.'),
  node: absolutePath.optional().describe('Node program that runs the agent; the one of Okiagari when left out.'),
  limits: z
    .strictObject({
      toolMs: z.int().min(1).default(5_000).describe('A critical tool may take so many milliseconds.'),
      diskPercent: z.number().min(0).max(100).default(90),
      memoryPercent: z.number().min(0).max(100).default(95),
      quarantineShare: z
        .number()
        .min(0)
        .max(1)
        .default(0.01)
        .describe('Part of the audit log that a repair may put into quarantine without asking.'),
    })
    .prefault({})
    .describe('What a verification still takes for healthy, and a repair for small.'),
  dependencies: dependencySettings,
  sources: z
    .array(sourceCode)
    .default([])
    .describe('Where extensions and libraries come from; they are compared with it, and brought from it.'),
  switchOver: z
    .strictObject({
      names: z
        .strictObject({
          zone: slug.describe('A target of kind dns-zone.'),
          side: slug,
          switches: z.array(slug).min(1).max(200).optional().describe('Only these; left out, every switch of the zone.'),
        })
        .optional(),
      traffic: z.strictObject({ proxies: slug.describe('A target of kind traffic.'), side: slug }).optional(),
    })
    .optional()
    .describe('How `full-system-recovery` leads users to this system in the end. What is left out is done and ticked by people.'),
  backups: backupSettings,
  archiveAfter: duration
    .default(30 * 86_400_000)
    .describe('Lines of the audit log that are older may be moved into an archive when room is needed.'),
};

/** Settings of a tool-store target beside the head that all targets share. */
export type ToolStoreSettings = z.infer<z.ZodObject<typeof toolStoreSettings>>;

/** Targets that a whole recovery changes in its last phase: it holds them from its start. */
export function switchedOver(target: Readonly<Record<string, unknown>>): string[] {
  const { names, traffic } = (target as unknown as ToolStoreSettings).switchOver ?? {};
  return [...(names ? [names.zone] : []), ...(traffic ? [traffic.proxies] : [])];
}
