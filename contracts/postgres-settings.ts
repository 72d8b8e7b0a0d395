/** What the inventory says of a PostgreSQL cluster beside the head that all targets share. */
import { z } from 'zod';
import { namesItsCommand, namesNoCommand, pod, reach, service, startsNothing, startsWhatItStops } from './control-settings.ts';
import { endpoints } from './endpoint-settings.ts';
import { slug } from './inputs/start.ts';
import { postgresBackupSettings } from './postgres-backup-settings.ts';
import { secretRef } from './secret-ref.ts';
import { restApi, secured } from './rest-api.ts';
import { certificateDays, serverName, tls } from './tls-settings.ts';

const absolutePath = z.string().startsWith('/', 'an absolute path');

const login = z.strictObject({
  user: z.string().min(1).max(63),
  password: secretRef,
});

const machine = z
  .strictObject({
    ...reach,
    data: absolutePath.describe('Its data directory.'),
    bin: absolutePath.describe('Folder of its programs, such as /usr/lib/postgresql/15/bin.'),
    config: absolutePath.optional().describe('Its postgresql.conf, where that is not in the data directory.'),
    ...service('Starts its server, such as [systemctl, start, postgresql@15-main]; pg_ctl does when left out.'),
  })
  .refine(namesItsCommand, namesNoCommand)
  .refine(startsWhatItStops, startsNothing);

const control = z.discriminatedUnion('kind', [machine, pod]);

/** Its own programs check the name of `host`, and go to an address only where that is given as one. */
const isAddress = (host: string): boolean => z.union([z.ipv4(), z.ipv6()]).safeParse(host).success;

const patroni = secured(
  restApi.extend({
    url: restApi.shape.url.describe('Its REST API, such as https://db-a.example.jp:8008.'),
    member: z.string().min(1).max(253).optional().describe('What Patroni calls this node; its id when left out.'),
  }),
);

const node = z
  .strictObject({
    id: slug,
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535).default(5_432),
    serverName,
    control: control
      .optional()
      .describe('How the node itself is reached, for what no SQL can tell or do, whether or not its server answers.'),
    patroni: patroni.optional().describe('Patroni runs this node: it is asked, and nothing is done past it.'),
  })
  .refine(({ control: own, patroni: other }) => own === undefined || other === undefined, {
    path: ['control'],
    error: 'Patroni runs this node: whoever fences or promotes it besides makes two primaries; leave control out',
  })
  .refine((one) => one.serverName === undefined || isAddress(one.host), {
    path: ['serverName'],
    error: 'goes with an address as host; a name is the one that is checked',
  });

const setOf = ({ control: own }: z.infer<typeof node>): string[] =>
  own?.kind === 'kubernetes' ? [`${own.server} ${own.namespace}/${own.statefulSet}`] : [];
const differ = (words: readonly string[]): boolean => new Set(words).size === words.length;

export const postgresSettings = {
  nodes: z
    .array(node)
    .min(1)
    .max(16)
    .refine(
      (nodes) => new Set(nodes.map(({ patroni: one }) => one === undefined)).size === 1,
      'Patroni runs every node of a cluster or none: name its REST API at each',
    )
    .refine((nodes) => differ(nodes.map(({ id }) => id)), 'two nodes have the same id')
    .refine((nodes) => differ(nodes.flatMap(setOf)), 'two nodes are the pod of one StatefulSet')
    .describe('Every server of the cluster; which one is the primary is asked of them.'),
  database: z.string().min(1).max(63).default('postgres').describe('Where our role logs in.'),
  roles: z
    .strictObject({
      control: login.describe('Member of pg_monitor that may execute pg_promote(boolean, integer).'),
      replication: login
        .optional()
        .describe('Has REPLICATION and what pg_rewind needs: standbys follow, and base backups are made, as this role.'),
      patroni: login
        .optional()
        .describe('Login of the REST APIs of Patroni, where they ask for one before they change anything.'),
    })
    .describe('Roles by the name of their password.'),
  tls,
  endpoints,
  limits: z
    .strictObject({
      lagBytes: z
        .int()
        .min(0)
        .default(16 * 1024 * 1024)
        .describe('A standby may lack, or have yet to replay, so much of the log.'),
      roomBytes: z
        .int()
        .min(0)
        .default(256 * 1024 * 1024)
        .describe('The disk of each node has at least so much room, where its machine can be asked.'),
      waitingFiles: z.int().min(0).default(2).describe('So many files of the log may wait to be archived.'),
      certificateDays,
    })
    .prefault({})
    .describe('What still counts as healthy.'),
  backup: postgresBackupSettings,
};

/** Settings of a postgres target beside the head that all targets share. */
export type PostgresSettings = z.infer<z.ZodObject<typeof postgresSettings>>;
