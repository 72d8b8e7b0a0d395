/** How Redis servers are backed up: where to, by which programs, and when. */
import { z } from 'zod';
import { wholeBackupSettings } from './backup-settings.ts';
import { slug } from './inputs/start.ts';

const absolutePath = z.string().startsWith('/', 'an absolute path');

export const redisBackupSettings = z
  .strictObject({
    repositories: z.array(slug).min(1).describe('Repositories that hold the backups, in order of preference.'),
    scratch: absolutePath
      .max(60, 'at most 60 characters: a socket lies below it')
      .describe('Folder with room for a restored server, which the owner of the data folders may reach.'),
    bin: absolutePath
      .default('/usr/bin')
      .describe('Folder of redis-cli, redis-server, redis-check-rdb and redis-check-aof on the machine of the worker.'),
    times: wholeBackupSettings,
  })
  .optional()
  .describe('Backups; without it the servers have none.');

export type RedisBackupSettings = NonNullable<z.infer<typeof redisBackupSettings>>;
