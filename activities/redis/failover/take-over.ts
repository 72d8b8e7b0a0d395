/** The successor takes writes, and the replicas that answer follow it. */
import { isReplica } from '../../../domain/redis/node-report.ts';
import type { Ports } from '../../ports/index.ts';
import { lookAtAll, nodeOf, redisTarget } from '../target.ts';
import { noteTakeOver, readFence } from './fence.ts';
import type { Promoted, RedisFailoverActivities } from './interface.ts';

type Input<Name extends keyof RedisFailoverActivities> = Parameters<RedisFailoverActivities[Name]>[0];

export async function promote(ports: Ports, input: Input<'promoteRedis'>, signal?: AbortSignal): Promise<Promoted> {
  const { successor } = await readFence(ports, input.target, input.plan);
  const settings = redisTarget(ports, input.target);
  await noteTakeOver(ports, input.plan);
  const { write, ...change } = await ports.redis.promote(nodeOf(settings, successor), settings, signal);
  return { ...change, ...write };
}

export async function follow(
  ports: Ports,
  { target, master, leave }: Input<'followRedis'>,
  signal?: AbortSignal,
): Promise<{ following: string[]; notPersisted: string[] }> {
  const settings = redisTarget(ports, target);
  const { host, port } = nodeOf(settings, master);
  const reports = await lookAtAll(ports, settings, signal);
  const following = reports.filter(isReplica).flatMap(({ node }) => (node === master || leave.includes(node) ? [] : [node]));
  const notPersisted: string[] = [];
  for (const id of following) {
    const { isPersisted } = await ports.redis.follow(nodeOf(settings, id), settings, { host, port }, signal);
    if (!isPersisted) notPersisted.push(id);
  }
  return { following, notPersisted };
}
