/** One look at a Redis server by INFO and CONFIG GET: role, offset, link, persistence. Redis 6 to 8, Valkey. */
import type { LiveNode, NodeReport, Persistence } from '../../domain/redis/node-report.ts';
import { orSilence } from '../no-answer.ts';
import type { ReadSecret } from '../secrets.ts';
import { inSession, type Server } from './session.ts';

/** A server that is well answers in milliseconds; one whose process is frozen takes the connection and says nothing. */
const lookMs = 2_000;
/** An answer of INFO: `name:value` a line. */
type Info = Readonly<Record<string, string>>;
type Config = Readonly<Record<string, string>>;
const replicatedByTls = 'tls-replication';
const wanted = ['appendfsync', 'save', 'min-replicas-to-write'];

export const lookAtNode = (server: Server, secret: ReadSecret, signal?: AbortSignal): Promise<NodeReport> =>
  orSilence<LiveNode>(server.node.id, () =>
    inSession(server, { secret, ms: lookMs, signal }, async (client, { certificate }) => {
      const info = parseInfo([await client.info('replication'), await client.info('persistence')].join('\n'));
      const { tls } = server.access;
      const config = await client.configGet(tls ? [...wanted, replicatedByTls] : wanted);
      const seen = tls && { tls: { ...(certificate && { certificate }), isReplicated: config[replicatedByTls] === 'yes' } };
      return { ...report(server.node.id, info, config), ...seen };
    }),
  );

export const parseInfo = (text: string): Info =>
  Object.fromEntries([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name!, value!]));

function report(node: string, info: Info, config: Config): LiveNode {
  const number = (name: string): number => Number(info[name] ?? 0);
  const isReplica = info['role'] === 'slave';
  return {
    node,
    answers: true,
    history: info['master_replid'] ?? '',
    historyBefore: info['master_replid2'] ?? '',
    offset: number(isReplica ? 'slave_repl_offset' : 'master_repl_offset'),
    isLoading: info['loading'] === '1' || info['async_loading'] === '1',
    persistence: persistenceIn(info, config),
    role: isReplica
      ? {
          is: 'replica',
          isLinked: info['master_link_status'] === 'up',
          hasCopied:
            info['master_sync_in_progress'] !== '1' &&
            (info['master_link_status'] === 'up' || number('master_link_down_since_seconds') >= 0),
          isSyncing: info['master_sync_in_progress'] === '1',
          isReadOnly: info['slave_read_only'] === '1',
          priority: number('slave_priority'),
        }
      : {
          is: 'master',
          wantsReplicas: Number(config['min-replicas-to-write'] ?? 0),
          // Counted by the server itself where it wants any: those that are recent enough.
          hasReplicas: number('min_slaves_good_slaves'),
        },
  };
}

function persistenceIn(info: Info, config: Config): Persistence {
  return {
    ...(info['aof_enabled'] === '1' && {
      appendOnly: { fsync: config['appendfsync'] ?? 'unknown', isWritten: info['aof_last_write_status'] === 'ok' },
    }),
    snapshot: {
      rule: config['save'] ?? '',
      isWritten: info['rdb_last_bgsave_status'] === 'ok',
      ageMinutes: Math.floor((Date.now() / 1_000 - Number(info['rdb_last_save_time'])) / 60),
      writesSince: Number(info['rdb_changes_since_last_save'] ?? 0),
    },
  };
}
