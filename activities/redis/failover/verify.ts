/** Whether a failover ended well: one master that takes writes, everybody else follows it, and its keys and files are there. */
import { answerKeys } from '../../../domain/redis/checklist.ts';
import {
  judgeFailover,
  type Expected,
  judgeFile,
  judgeKeys,
  judgeMark,
  judgeUnread,
} from '../../../domain/redis/judge-failover.ts';
import { judgeServers } from '../../../domain/redis/judge-servers.ts';
import type { Check } from '../../../domain/verification.ts';
import type { Ports } from '../../ports/index.ts';
import type { RedisNode } from '../../ports/redis.ts';
import type { ControlledRedis } from '../../ports/redis-control.ts';
import { lookAtAll, nodeOf, redisTarget } from '../target.ts';
import type { RedisFailoverActivities } from './interface.ts';
import { isControlled } from './look-around.ts';

type Request = Parameters<RedisFailoverActivities['verifyRedisFailover']>[0];

/** A replica whose link broke makes it anew within a second or two. */
const restMs = 5_000;
/** A file that is written just now may end in the middle of a command. */
const tries = 20;
const lookAgainMs = 50;

export async function verify(ports: Ports, { target, assessed, leftOut, mark }: Request, signal?: AbortSignal): Promise<Check[]> {
  const settings = redisTarget(ports, target);
  const { expectedKeys } = settings;
  const node = nodeOf(settings, assessed.successor);
  const expected = { master: node.id, leftOut, symptoms: assessed.symptoms };
  const servers = await restedServers(ports, settings, expected, signal);
  // Whoever does not take writes has nothing to tell about its keys.
  if (servers.some(({ id, ok }) => id === 'one-master' && !ok)) return servers;
  const { keys, found } = await ports.redis.count(node, settings, expectedKeys, signal);
  const patterns = answerKeys(keys, expectedKeys, found).filter(
    ({ id, outcome }) => id === 'expected-keys' && outcome !== 'not-applicable',
  );
  const ms = Math.round(await ports.redis.write(node, settings, signal));
  return [
    ...servers,
    judgeKeys(assessed.keys, keys),
    ...patterns.map(({ id, outcome, sentence }): Check => ({ id, ok: outcome === 'ok', sentence })),
    ...(mark === undefined ? [] : [judgeMark(mark, await ports.redis.readMark(node, settings, signal))]),
    { id: 'write', ok: true, sentence: { en: `A write took ${ms} ms.`, ja: `書き込みは ${ms} ミリ秒でした。` } },
    ...(await checkFiles(ports, node, signal)),
  ];
}

/** Once they are as they should be, or that has taken too long. */
async function restedServers(
  ports: Ports,
  settings: ReturnType<typeof redisTarget>,
  expected: Expected,
  signal?: AbortSignal,
): Promise<Check[]> {
  for (const until = performance.now() + restMs; ;) {
    const reports = await lookAtAll(ports, settings, signal);
    const checks = judgeFailover(expected, reports, judgeServers(reports, settings.limits));
    if (checks.every(({ ok }) => ok) || performance.now() > until) return checks;
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

/** Nothing to say where nobody reaches its files, or the programs are not there. */
async function checkFiles(ports: Ports, node: RedisNode, signal?: AbortSignal): Promise<Check[]> {
  if (!isControlled(node)) return [];
  try {
    return await askFiles(ports, node, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return [judgeUnread(node.id, (error as Error).message.replaceAll(/\s+/g, ' ').slice(0, 400))];
  }
}

async function askFiles(ports: Ports, node: ControlledRedis, signal?: AbortSignal): Promise<Check[]> {
  const files = await ports.redisControl.listFiles(node, signal);
  // The parts of an append-only file are read through its manifest.
  const whole = files.filter((path) => path.endsWith('.manifest') || (!path.includes('/') && /\.(rdb|aof)$/.test(path)));
  const checks: Check[] = [];
  for (const file of whole) {
    for (let attempt = 1; ; attempt++) {
      const answer = await ports.redisControl.readIntegrity(node, file, signal);
      if (answer === undefined) break;
      if (answer.exitCode !== 0 && attempt < tries) {
        await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
        continue;
      }
      checks.push(judgeFile(file, answer));
      break;
    }
  }
  return checks;
}
