/** The effects on Redis servers, made of ports. */
import type { RedisSettings } from '../../contracts/redis-settings.ts';
import type { Diagnosis } from '../../domain/diagnosis.ts';
import { fail } from '../../domain/fail.ts';
import { judgeServers } from '../../domain/redis/judge-servers.ts';
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import type { RedisActivities } from './interface.ts';

export const createRedisActivities = (ports: Ports): RedisActivities => ({
  diagnoseRedis: (input) => alive((signal) => diagnoseServers(ports, input, signal)),
});

async function diagnoseServers(ports: Ports, { target }: { readonly target: string }, signal?: AbortSignal): Promise<Diagnosis> {
  const { nodes, login, limits } = redisTarget(ports, target);
  const reports = await Promise.all(nodes.map((node) => ports.redis.look(node, login, signal)));
  return { target, at: new Date().toISOString(), symptoms: judgeServers(reports, limits), suggests: [] };
}

/** Fails: unknown-target. */
function redisTarget(ports: Ports, id: string): RedisSettings {
  const entry = ports.inventory().targets.find((target) => target.id === id && target.kind === 'redis');
  if (entry) return entry as unknown as RedisSettings;
  throw fail('unknown-target', { en: `There are no Redis servers ${id}.`, ja: `Redis ${id} はありません。` });
}
