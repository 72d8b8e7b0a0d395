/** How a PostgreSQL cluster is backed up: with which tool, where to, and when. */
import { z } from 'zod';
import { backupSettingsKeeping } from './backup-settings.ts';
import { slug } from './inputs/start.ts';

const absolutePath = z.string().startsWith('/', 'an absolute path');

const pgBackRest = z.strictObject({
  kind: z.literal('pgbackrest'),
  stanza: z.string().regex(/^[\w.-]{1,63}$/, 'the name of a stanza'),
  config: absolutePath.describe('Its configuration file; where its repository lies, and every key, stand there.'),
  bin: absolutePath.default('/usr/bin/pgbackrest').describe('The program.'),
});

const baseBackup = z.strictObject({
  kind: z.literal('base-backup'),
  wal: absolutePath.describe('Folder that `archive_command` fills, with files under their own names.'),
});

export const postgresBackupSettings = z
  .strictObject({
    tool: z.discriminatedUnion('kind', [pgBackRest, baseBackup]),
    repositories: z
      .array(slug)
      .min(1)
      .describe('Repositories that hold the manifests, and with `base-backup` every byte, in order of preference.'),
    scratch: absolutePath
      .max(60, 'at most 60 characters: a socket lies below it')
      .describe('Folder with room for a restored cluster, which the owner of the data directories may reach.'),
    times: backupSettingsKeeping({ incremental: '30d' }),
  })
  .optional()
  .describe('Backups; without it the cluster has none.');

export type PostgresBackupSettings = NonNullable<z.infer<typeof postgresBackupSettings>>;
export type PgBackRestSettings = z.infer<typeof pgBackRest>;
export type BaseBackupSettings = z.infer<typeof baseBackup>;
