/** Redis servers as crash cases: what happened is read from the servers, and from what they acknowledged to writers. */
import { readdirSync } from 'node:fs';
import { missingAt, rolesOf } from '../../redis/questions.ts';
import type { TestRedis } from '../../redis/server.ts';
import { startRedisStack, type RedisBed, type RedisStack } from '../../redis/stack.ts';
import { startWriter } from '../../redis/writer.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { productPlace } from '../places.ts';

interface RedisCase {
  readonly input: unknown;
  /** What is wrong with the master. */
  readonly master: 'frozen' | 'well';
  /** Cancelled there, the old master must serve as before. */
  readonly cancelAt?: string;
}

const place = productPlace(startRedisStack, (stack) => stack.cache());

export const redisCase = ({ input, master, cancelAt }: RedisCase): CrashCase<RedisStack> => ({
  ...{ scenario: 'redis-failover', place, cancelAt },
  async wreck(stack) {
    return wreck(await filled(stack), { input, master, isMended: cancelAt === undefined });
  },
});

/** The master was emptied; restored, and cancelled `cancelAt`, it must have what it had when the recovery began. */
export const redisRestoreCase = ({ cancelAt }: Pick<RedisCase, 'cancelAt'>): CrashCase<RedisStack> => ({
  ...{ scenario: 'redis-restore', place, cancelAt },
  async wreck(stack) {
    return emptied(await stack.cache({ isBackedUp: true }), cancelAt === undefined ? 'right' : null);
  },
});

async function emptied(bed: RedisBed, wanted: string | null): Promise<Wreck> {
  const [a, b] = bed.servers as [TestRedis, TestRedis];
  for (const key of keys) await a.command('SET', key, 'right');
  await bed.takeBackup();
  await a.command('FLUSHALL');
  await a.command('SET', 'since', 'x');

  return {
    target: bed.id,
    input: {},
    stop: () => bed.stop(),
    async faults() {
      const roles = await rolesOf([a, b]);
      const values = await Promise.all([a, b].map((node) => node.command('GET', keys[0]!)));
      const since = await a.command('GET', 'since');
      return [
        ...(roles.join() === 'master,slave' ? [] : [`a and b are ${roles.join(' and ')}`]),
        ...(values.every((value) => value === wanted) ? [] : [`${keys[0]} is ${values.join(' and ')}, not ${wanted}`]),
        ...(since === (wanted === null ? 'x' : null) ? [] : [`since is ${String(since)}`]),
        ...readdirSync(bed.scratch).map((name) => `${name} was left behind`),
        ...(await link(b)),
      ];
    },
  };
}

const keys = Array.from({ length: 20 }, (_, n) => `lpr:${n}`);

async function filled(stack: RedisStack): Promise<RedisBed> {
  const bed = await stack.cache({ declare: ({ controlled }) => ({ nodes: controlled, approvals: { fence: { always: true } } }) });
  const [a, b] = bed.servers as [TestRedis, TestRedis];
  for (const key of keys) await a.command('SET', key, 'x');
  while ((await b.command('DBSIZE')) !== keys.length) await a.command('WAIT', '1', '100');
  return bed;
}

function wreck(bed: RedisBed, { input, master, isMended }: Omit<RedisCase, 'cancelAt'> & { readonly isMended: boolean }): Wreck {
  const [a, b] = bed.servers as [TestRedis, TestRedis];
  if (master === 'frozen') a.signal('SIGSTOP');
  const pinned = [a, b].map((node) => startWriter(`pin:${node.id}`, [node], bed.password));

  return {
    target: bed.id,
    input,
    stop: () => bed.stop(),
    async faults() {
      await Promise.all(pinned.map((writer) => writer.stop()));
      const [atA, atB] = pinned.map(({ acknowledged }) => acknowledged);
      const [old, next] = isMended ? [a, b] : [b, a];
      const roles = await rolesOf([old, next]);
      const first = atB![0]?.at ?? Infinity;
      const late = atA!.filter(({ at }) => at > first);
      // A frozen master never answered them.
      const missing = await missingAt(next, [
        ...keys,
        ...atA!.map(({ key }) => key),
        ...(isMended ? atB!.map(({ key }) => key) : []),
      ]);
      return [
        ...(roles.join() === 'slave,master' ? [] : [`${old.id} and ${next.id} are ${roles.join(' and ')}`]),
        ...(late.length === 0 ? [] : [`a took ${late.length} writes after b had taken one`]),
        ...(isMended === atB!.length > 0 ? [] : [`b took ${atB!.length} writes`]),
        ...(missing.length === 0 ? [] : [`${next.id} lacks ${missing.length} keys: ${missing.slice(0, 5).join(', ')}`]),
        ...(await link(old)),
      ];
    },
  };
}

/** It looks for its master once a second. */
const linkMs = 5_000;

async function link(replica: TestRedis): Promise<string[]> {
  const deadline = performance.now() + linkMs;
  while (performance.now() < deadline) {
    if (String(await replica.command('INFO', 'replication')).includes('master_link_status:up')) return [];
  }
  return [`${replica.id} has no link to its master`];
}
