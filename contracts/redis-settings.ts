/** What the inventory says of Redis servers beside the head that all targets share. */
import { z } from 'zod';
import { namesItsCommand, namesNoCommand, reach, service, startsNothing, startsWhatItStops } from './control-settings.ts';
import { endpoints } from './endpoint-settings.ts';
import { slug } from './inputs/start.ts';
import { redisBackupSettings } from './redis-backup-settings.ts';
import { secretRef } from './secret-ref.ts';
import { certificateDays, serverName, tls } from './tls-settings.ts';

const absolutePath = z.string().startsWith('/', 'an absolute path');

const control = z
  .strictObject({
    ...reach,
    data: absolutePath.describe('Where its server keeps snapshot and append-only file, and works in (`dir`).'),
    bin: absolutePath.default('/usr/bin').describe('Folder of redis-check-rdb and redis-check-aof.'),
    config: absolutePath
      .optional()
      .describe('Its configuration file: a server that is started again is made a replica there first.'),
    ...service('Starts its server in the background: program and arguments, no shell.'),
  })
  .refine(namesItsCommand, namesNoCommand)
  .refine(startsWhatItStops, startsNothing)
  .refine(({ config, start }) => start === undefined || config !== undefined, {
    path: ['config'],
    message: 'has to be named where the server is started: without it the server would come up as a master',
  });

export const redisSettings = {
  nodes: z
    .array(
      z.strictObject({
        id: slug,
        host: z.string().min(1).max(253),
        port: z.int().min(1).max(65_535).default(6_379),
        serverName,
        control: control.optional().describe('How the node itself is reached, for what no command of Redis can tell or do.'),
      }),
    )
    .min(1)
    .max(16)
    .refine((nodes) => new Set(nodes.map(({ id }) => id)).size === nodes.length, 'two nodes have the same id')
    .describe('Every server; which one is the master is asked of them.'),
  login: z
    .strictObject({ user: z.string().min(1).max(63).default('default'), password: secretRef })
    .optional()
    .describe('May call INFO and CONFIG GET, and for a failover what its page names. Left out where the servers ask for none.'),
  tls,
  expectedKeys: z
    .array(z.strictObject({ pattern: z.string().min(1).max(200), atLeast: z.int().min(1).max(10_000).default(1) }))
    .max(20)
    .default([])
    .describe('Patterns such as `lpr:*` that a verification finds so many keys of at least.'),
  endpoints,
  limits: z
    .strictObject({
      lagBytes: z
        .int()
        .min(0)
        .default(1024 * 1024)
        .describe('A replica may lack so much of what was written.'),
      snapshotMinutes: z.int().min(1).default(75).describe('So old the last snapshot may be while something was written since.'),
      certificateDays,
    })
    .prefault({})
    .describe('What still counts as healthy.'),
  backup: redisBackupSettings,
};

/** Settings of a redis target beside the head that all targets share. */
export type RedisSettings = z.infer<z.ZodObject<typeof redisSettings>>;
