/** What the inventory says of a PostgreSQL cluster beside the head that all targets share. */
import { z } from 'zod';
import { slug } from './inputs/start.ts';
import { secretRef } from './secret-ref.ts';

const absolutePath = z.string().startsWith('/', 'an absolute path');

const login = z.strictObject({
  user: z.string().min(1).max(63),
  password: secretRef,
});

export const postgresSettings = {
  nodes: z
    .array(
      z.strictObject({
        id: slug,
        host: z.string().min(1).max(253),
        port: z.int().min(1).max(65_535).default(5_432),
        control: z
          .strictObject({
            kind: z.literal('local'),
            data: absolutePath.describe('Its data directory.'),
            bin: absolutePath.describe('Folder of its programs, such as /usr/lib/postgresql/15/bin.'),
          })
          .optional()
          .describe('How the node itself is reached where its server does not answer: a worker of the site on the same machine.'),
      }),
    )
    .min(1)
    .max(16)
    .refine((nodes) => new Set(nodes.map(({ id }) => id)).size === nodes.length, 'two nodes have the same id')
    .describe('Every server of the cluster; which one is the primary is asked of them.'),
  database: z.string().min(1).max(63).default('postgres').describe('Where our role logs in.'),
  roles: z
    .strictObject({ control: login.describe('Member of pg_monitor that may execute pg_promote(boolean, integer).') })
    .describe('Roles by the name of their password.'),
  limits: z
    .strictObject({
      lagBytes: z
        .int()
        .min(0)
        .default(16 * 1024 * 1024)
        .describe('A standby may lack, or have yet to replay, so much of the log.'),
      waitingFiles: z.int().min(0).default(2).describe('So many files of the log may wait to be archived.'),
    })
    .prefault({})
    .describe('What still counts as healthy.'),
};

/** Settings of a postgres target beside the head that all targets share. */
export type PostgresSettings = z.infer<z.ZodObject<typeof postgresSettings>>;
