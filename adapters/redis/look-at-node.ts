/** One look at a Redis server by INFO and CONFIG GET: role, offset, link, persistence. Redis 6 to 8, Valkey. */
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@redis/client';
import type { Redis } from '../../activities/ports/redis.ts';
import type { LiveNode, NodeReport, Persistence } from '../../domain/redis/node-report.ts';
import type { SilentNode } from '../../domain/silent-node.ts';
import { nameOfSecret, scrub, type ReadSecret } from '../secrets.ts';

/** A server that is well answers in milliseconds; one whose process is frozen takes the connection and says nothing. */
const lookMs = 2_000;
/** An answer of INFO: `name:value` a line. */
type Info = Readonly<Record<string, string>>;
type Config = Readonly<Record<string, string>>;
const wanted = ['appendfsync', 'save', 'min-replicas-to-write'];

export const createRedis = (secret: ReadSecret): Redis => ({
  async look({ id: node, host, port }, login, signal): Promise<NodeReport> {
    const password = login && secret(login.password);
    if (login && password === undefined) {
      return { node, answers: false, why: 'login-refused', said: `${nameOfSecret(login.password)} is not there` };
    }
    const client = createClient({
      ...(login && password !== undefined && { username: login.user, password }),
      // One try: whoever looks again asks again.
      socket: { host, port, connectTimeout: lookMs, reconnectStrategy: false },
      disableOfflineQueue: true,
      name: 'okiagari',
    });
    client.on('error', () => undefined);
    const over = new AbortController();
    const limit = delay(lookMs, undefined, { signal: AbortSignal.any([over.signal, ...(signal ? [signal] : [])]) }).then(() => {
      throw new Error(`no answer within ${lookMs / 1_000} s, timeout`);
    });
    limit.catch(() => undefined);
    try {
      const look = async (): Promise<LiveNode> => {
        await client.connect();
        const info = parseInfo([await client.info('replication'), await client.info('persistence')].join('\n'));
        return report(node, info, await client.configGet(wanted));
      };
      return await Promise.race([look(), limit]);
    } catch (error) {
      return { node, answers: false, ...told(error as Error & { code?: string }, password) };
    } finally {
      over.abort();
      client.destroy();
    }
  },
});

const parseInfo = (text: string): Info =>
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

function told({ code, message }: Error & { code?: string }, password: string | undefined): Pick<SilentNode, 'why' | 'said'> {
  const said = scrub(message, password === undefined ? [] : [password]).slice(0, 200);
  if (/^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/.test(message)) return { why: 'login-refused', said };
  if (message.startsWith('NOPERM')) return { why: 'not-allowed', said };
  if (message.startsWith('LOADING')) return { why: 'starting', said };
  if (/^(ECONN|EHOST|ENET|ENOTFOUND|ETIMEDOUT)/.test(code ?? '') || /timeout|closed/i.test(message)) {
    return { why: 'unreachable', said };
  }
  return { why: 'failed', said };
}
