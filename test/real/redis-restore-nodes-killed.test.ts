/** A Redis server dies at each step of a restore, also while it copies: it ends recovered with the keys of the backup on every server, or waits with a sentence until the server is back. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMoments } from '../support/moments.ts';
import { outlive, playAll, type Death } from '../support/node-deaths.ts';
import { rolesOf } from '../support/redis/questions.ts';
import type { TestRedis } from '../support/redis/server.ts';
import { startRedisStack, type RedisBed, type RedisStack } from '../support/redis/stack.ts';
import { openForFile } from '../support/open-for-file.ts';

type Round = Death<'master' | 'replica'>;
const rounds: readonly Round[] = [
  { at: 'chooseRedisBackup', dies: 'master' },
  { at: 'takeRedisBackup', dies: 'master' },
  { at: 'planRedisRestore', dies: 'master' },
  { at: 'applyRedisRestore', dies: 'master' },
  { at: 'applyRedisRestore', dies: 'replica' },
  { at: 'follow: before', dies: 'master' },
  { at: 'follow: after', dies: 'master' },
  { at: 'follow: after', dies: 'replica' },
  { at: 'verifyRedisFailover', dies: 'master' },
  { at: 'verifyRedisFailover', dies: 'replica' },
];

const moments = createMoments('Redis', { redis: ['follow'] });
let stack: RedisStack;

openForFile(async (server) => (stack = await startRedisStack(server, moments.worker(server.address))));

const wanted = Array.from({ length: 30 }, (_, n) => [`lpr:${n}`, 'right']).flat();
const keysOf = wanted.filter((_, n) => n % 2 === 0);
/** What of the backup is there, and of what came after it. */
const heldBy = async (node: TestRedis): Promise<unknown> => [
  new Set((await node.command('MGET', ...keysOf)) as unknown[]),
  await node.command('DBSIZE'),
];
const right = [new Set(['right']), 30];

async function play(bed: RedisBed, round: Round): Promise<string> {
  const [master, replica] = bed.servers as [TestRedis, TestRedis];
  const victim = { master, replica }[round.dies];
  await master.command('DEL', ...keysOf.slice(0, 15));
  await master.command('SET', 'lpr:20', 'wrong');
  await master.command('SET', 'since', 'x');
  await expect.poll(() => replica.command('GET', 'since')).toBe('x');

  const { what, tell } = await outlive(stack, moments, round, {
    target: bed.id,
    ports: [master.port],
    recover: () => bed.recover({ scenario: 'redis-restore', acknowledgeCoolDown: true }),
    kill: () => victim.kill(),
    startAgain: () => victim.start(),
  });

  await victim.start();
  await expect.poll(() => rolesOf(bed.servers), { message: what }).toEqual(['master', 'slave']);
  for (const node of [master, replica]) await expect.poll(() => heldBy(node), { message: what }).toEqual(right);
  expect(readdirSync(bed.scratch), what).toEqual([]);
  return tell();
}

test('a server that dies, whichever and whenever', { timeout: 900_000 }, async () => {
  const bed = await stack.cache({ isBackedUp: true });
  await bed.servers[0]!.command('MSET', ...wanted);
  await bed.takeBackup();
  await playAll(rounds, [bed], play);
});
