/** Who takes writes and who follows whom, changed on Redis servers. Every change may be cut off anywhere and made again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from '../../activities/ports/redis.ts';
import { fail } from '../../domain/fail.ts';
import { nobody, type Address } from '../../domain/redis/following.ts';
import { size } from '../../domain/sizes.ts';
import { orFailure } from '../no-answer.ts';
import type { ReadSecret } from '../secrets.ts';
import { parseInfo } from './look-at-node.ts';
import { writeOwnKey } from './own-key.ts';
import { inSession, type Client, type Server } from './session.ts';

const changeMs = 10_000;
/** Its other end, beside a session that must outlive it. */
const besideMs = 2_500;
/** A snapshot is as long as the data is large. */
const saveMs = 600_000;
/** A replica that is well has everything within milliseconds; longer than this no writer is kept waiting. */
const catchUpMs = 1_000;
/** Writes rest by themselves no longer, should we die meanwhile. */
const restMs = 3_000;
const lookAgainMs = 2;

export const markKey = 'okiagari:failover';
const markSeconds = 3_600;

type Roles = Pick<Redis, 'demote' | 'setReadOnly' | 'promote' | 'follow' | 'save' | 'readMark'>;

export function createRoles(secret: ReadSecret): Roles {
  const on = <T>(server: Server, work: (client: Client) => Promise<T>, signal?: AbortSignal, ms = changeMs): Promise<T> =>
    orFailure(server.node.id, () => inSession(server, { secret, ms, signal }, work));

  return {
    async demote(node, access, { successor, mark, evenIfBehind }, signal) {
      const done = await on(
        { node, access },
        async (old) => {
          if (await isReplica(old)) return persist(old);
          await old.configSet('replica-read-only', 'yes');
          const isHeard = await writeMark(old, mark, evenIfBehind);
          const limits = { secret, ms: besideMs, signal };
          const lack = await orFailure(successor.id, () =>
            inSession({ node: successor, access }, limits, (next) => lackOf(next, old, isHeard)),
          ).catch((error: unknown) => ({ error }));
          if (lack !== 0 && !evenIfBehind) {
            await letWrite(old);
            return { lack };
          }
          await replicaOf(old, nobody);
          await letWrite(old);
          return persist(old);
        },
        signal,
      );
      if (!('lack' in done)) return done;
      throw typeof done.lack === 'number' ? isBehind(successor.id, node.id, done.lack) : done.lack.error;
    },

    setReadOnly: (node, access, isReadOnly, signal) =>
      on(
        { node, access },
        async (client) => void (await client.configSet('replica-read-only', isReadOnly ? 'yes' : 'no')),
        signal,
      ),

    promote: (node, access, signal) =>
      on(
        { node, access },
        async (client) => {
          const already = !(await isReplica(client));
          const from = performance.now();
          if (!already) await client.sendCommand(['REPLICAOF', 'NO', 'ONE']);
          const write = await writeOwnKey(client).then(
            () => ({ ms: Math.round(performance.now() - from) }),
            (error: unknown) => ({ refused: (error as Error).message.slice(0, 200) }),
          );
          return { already, write, ...(await persist(client)) };
        },
        signal,
      ),

    follow: (node, access, master, signal) =>
      on(
        { node, access },
        async (client) => {
          await client.configSet('replica-read-only', 'yes');
          await replicaOf(client, master);
          return persist(client);
        },
        signal,
      ),

    save: (node, access, signal) =>
      on({ node, access }, async (client) => void (await client.sendCommand(['SAVE'])), signal, saveMs),

    readMark: (node, access, signal) => on({ node, access }, (client) => client.get(markKey), signal),
  };
}

const info = async (client: Client): Promise<ReturnType<typeof parseInfo>> => parseInfo(await client.info('replication'));
const isReplica = async (client: Client): Promise<boolean> => (await info(client))['role'] === 'slave';
const replicaOf = (client: Client, { host, port }: Address): Promise<unknown> =>
  client.sendCommand(['REPLICAOF', host, String(port)]);

/** Before 6.2 nobody was kept waiting. */
const letWrite = (client: Client): Promise<unknown> => client.sendCommand(['CLIENT', 'UNPAUSE']).catch(() => undefined);

/** Servers without a configuration file, and those whose login may not, keep it until they are restarted. */
async function persist(client: Client): Promise<{ isPersisted: boolean }> {
  const isPersisted = await client.sendCommand(['CONFIG', 'REWRITE']).then(
    () => true,
    () => false,
  );
  return { isPersisted };
}

/** On the connection of the mark, as the wait speaks of its own writes alone. Answers whether a replica has it. */
async function writeMark(old: Client, mark: string, evenIfBehind: boolean): Promise<boolean> {
  const written = old.set(markKey, mark, { expiration: { type: 'EX', value: markSeconds } });
  // A master that cannot write any more, on a full disk, is a reason to fail over.
  await (evenIfBehind ? written.catch(() => undefined) : written);
  return Number(await old.sendCommand(['WAIT', '1', String(catchUpMs)])) > 0;
}

/** Writes rest until the successor has all of them, unless nobody listens anyway. The bytes that it lacks at last. */
async function lackOf(next: Client, old: Client, isHeard: boolean): Promise<number> {
  if (isHeard) await old.sendCommand(['CLIENT', 'PAUSE', String(restMs), 'WRITE']);
  const deadline = performance.now() + (isHeard ? catchUpMs : 0);
  for (;;) {
    const [all, has] = await Promise.all([info(old), info(next)]);
    const lack = Number(all['master_repl_offset']) - Number(has['slave_repl_offset']);
    if (isHeard && all['master_replid'] === has['master_replid'] && lack <= 0) return 0;
    if (performance.now() >= deadline) return Math.max(1, lack);
    await delay(lookAgainMs);
  }
}

const isBehind = (successor: string, node: string, bytes: number) =>
  fail('replica-behind', {
    en: `${successor} still lacks ${size(bytes)} of ${node} after ${catchUpMs / 1_000} s without writes.`,
    ja: `書き込みを ${catchUpMs / 1_000} 秒止めても、${successor} は ${node} より ${size(bytes)} 遅れています。`,
  });
