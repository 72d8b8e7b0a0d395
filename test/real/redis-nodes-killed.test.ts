/** A Redis server dies at each step of a failover: it ends recovered with one master and every key, or waits with a sentence until the server is back. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createMoments } from '../support/moments.ts';
import { outlive, playAll, type Death } from '../support/node-deaths.ts';
import { missingAt, rolesOf } from '../support/redis/questions.ts';
import type { TestRedis } from '../support/redis/server.ts';
import { startRedisStack, type RedisBed, type RedisStack } from '../support/redis/stack.ts';
import { openForFile } from '../support/open-for-file.ts';

interface Round extends Death<'master' | 'successor' | 'other'> {
  /** Otherwise the master is dead when the recovery begins. */
  readonly masterLives?: boolean;
}

const rounds: readonly Round[] = [
  { at: 'planRedisFence', dies: 'master', masterLives: true },
  { at: 'applyRedisFence', dies: 'master', masterLives: true },
  { at: 'applyRedisFence', dies: 'successor' },
  { at: 'proveRedisFence', dies: 'master', masterLives: true },
  { at: 'proveRedisFence', dies: 'successor' },
  { at: 'lookAtRedisLoss', dies: 'successor' },
  { at: 'lookAtRedisLoss', dies: 'other' },
  { at: 'promoteRedis', dies: 'successor' },
  { at: 'promoteRedis', dies: 'other' },
  { at: 'repointRedis', dies: 'successor' },
  { at: 'followRedis', dies: 'successor' },
  { at: 'followRedis', dies: 'other' },
  { at: 'bringBackRedis', dies: 'successor' },
  { at: 'bringBackRedis', dies: 'other' },
  { at: 'verifyRedisFailover', dies: 'master' },
  { at: 'verifyRedisFailover', dies: 'successor' },
];

const moments = createMoments('Redis');
let stack: RedisStack;

openForFile(async (server) => (stack = await startRedisStack(server, moments.worker(server.address))));

interface Lane {
  readonly bed: RedisBed;
  readonly keys: string[];
}

async function play({ bed, keys }: Lane, round: Round): Promise<string> {
  const { at, dies, masterLives = false } = round;
  const roles = await rolesOf(bed.servers);
  const master = bed.servers[roles.indexOf('master')]!;
  const replicas = bed.servers.filter((one) => one !== master);
  const key = `lpr:${at}:${dies}`;
  await master.command('SET', key, 'x');
  keys.push(key);
  for (const replica of replicas) await eventually(() => missingAt(replica, keys)).toEqual([]);
  if (!masterLives) await master.kill();

  // Of two that are equal the first in the inventory takes over.
  const [successor, other] = replicas as [TestRedis, TestRedis];
  const victim = { master, successor, other }[dies];
  const { what, tell } = await outlive(stack, moments, round, {
    target: bed.id,
    recover: () => bed.recover({ acknowledgeCoolDown: true }),
    kill: () => victim.kill(),
    startAgain: () => victim.start(),
  });

  await victim.start();
  for (const one of bed.servers) await eventually(() => missingAt(one, keys).catch(() => keys)).toEqual([]);
  const after = await rolesOf(bed.servers);
  expect(
    after.filter((role) => role === 'master'),
    what,
  ).toHaveLength(1);
  expect(after[bed.servers.indexOf(master)], `${what}: the old master is one no more`).toBe('slave');
  return tell();
}

test('a server that dies, whichever and whenever', { timeout: 900_000 }, async () => {
  const open = async (): Promise<Lane> => ({ bed: await stack.cache({ replicas: 2 }), keys: [] });
  const lanes = [await open(), await open()];
  await playAll(rounds, lanes, play);
});
