/** Looks at all servers and decides who takes over; changes nothing. */
import { fail } from '../../../domain/fail.ts';
import { nodeFailed } from '../../../domain/node-failed.ts';
import { chooseSuccessor, type Wish } from '../../../domain/redis/choose-successor.ts';
import { judgeServers } from '../../../domain/redis/judge-servers.ts';
import { isLive } from '../../../domain/redis/node-report.ts';
import { isShut } from '../../../domain/silent-node.ts';
import type { Ports } from '../../ports/index.ts';
import { lookAtAll, nodeOf, redisTarget } from '../target.ts';
import type { RedisAssessment } from './interface.ts';

export async function assess(
  ports: Ports,
  { target, ...wish }: Wish & { readonly target: string },
  signal?: AbortSignal,
): Promise<RedisAssessment> {
  const settings = redisTarget(ports, target);
  const reports = await lookAtAll(ports, settings, signal);
  // A server that answers and does not let us in can be neither judged nor fenced.
  const closed = reports.find((report) => !isLive(report) && isShut(report));
  if (closed !== undefined && !isLive(closed)) {
    throw nodeFailed(closed.node, closed.said, closed.why === 'tls-refused' ? closed.why : undefined);
  }
  const choice = chooseSuccessor(reports, wish, settings.limits);
  if (!choice.ok) throw fail('may-not-promote', choice.sentence);
  const { keys } = await ports.redis.count(nodeOf(settings, choice.node), settings, [], signal);
  return {
    successor: choice.node,
    isMaster: choice.isMaster,
    sentence: choice.sentence,
    keys,
    silent: reports.filter((report) => !isLive(report)).map(({ node }) => node),
    symptoms: [...new Set(judgeServers(reports, settings.limits).map(({ id }) => id))],
  };
}
