/** The effects on Redis servers, made of ports. */
import type { RedisSettings } from '../../contracts/redis-settings.ts';
import { answerServers } from '../../domain/checklist/server-answers.ts';
import { judged } from '../../domain/checklist/words.ts';
import { fail } from '../../domain/fail.ts';
import { answerKeys } from '../../domain/redis/checklist.ts';
import { judgeServers } from '../../domain/redis/judge-servers.ts';
import { isMaster, type NodeReport } from '../../domain/redis/node-report.ts';
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import type { RedisNode } from '../ports/redis.ts';
import type { RedisActivities } from './interface.ts';

export const createRedisActivities = (ports: Ports): RedisActivities => ({
  diagnoseRedis: ({ target }) =>
    alive(async (signal) => {
      const settings = redisTarget(ports, target);
      const symptoms = judgeServers(await lookAtAll(ports, settings, signal), settings.limits);
      return { target, at: new Date().toISOString(), symptoms, suggests: [] };
    }),

  checkRedisServers: ({ target }) =>
    alive(async (signal) => {
      const settings = redisTarget(ports, target);
      const reports = await lookAtAll(ports, settings, signal);
      return answerServers(
        'one-master',
        reports.filter(isMaster).map(({ node }) => node),
        judgeServers(reports, settings.limits),
      );
    }),

  checkRedisKeys: ({ target }) =>
    alive(async (signal) => {
      const settings = redisTarget(ports, target);
      const master = await masterOf(ports, target, settings, signal);
      const { keys, found } = await ports.redis.count(master, settings.login, settings.expectedKeys, signal);
      return answerKeys(keys, settings.expectedKeys, found);
    }),

  checkRedisWrite: ({ target }) =>
    alive(async (signal) => {
      const settings = redisTarget(ports, target);
      const master = await masterOf(ports, target, settings, signal);
      const ms = Math.round(await ports.redis.write(master, settings.login, signal));
      const sentence = { en: `${master.id} took a write after ${ms} ms.`, ja: `${master.id} は ${ms} ミリ秒で書き込めました。` };
      return [judged('write', true, sentence, { measured: `${ms} ms` })];
    }),
});

const lookAtAll = (ports: Ports, { nodes, login }: RedisSettings, signal?: AbortSignal): Promise<NodeReport[]> =>
  Promise.all(nodes.map((node) => ports.redis.look(node, login, signal)));

/** Fails: no-primary. */
async function masterOf(ports: Ports, target: string, settings: RedisSettings, signal?: AbortSignal): Promise<RedisNode> {
  const masters = (await lookAtAll(ports, settings, signal)).filter(isMaster);
  const found = settings.nodes.find(({ id }) => masters.length === 1 && masters[0]!.node === id);
  if (found) return found;
  throw fail('no-primary', {
    en: `${masters.length} nodes of ${target} take writes: there is none to ask.`,
    ja: `${target} の書き込み可能なノードは ${masters.length} 台で、検査できません。`,
  });
}

/** Fails: unknown-target. */
function redisTarget(ports: Ports, id: string): RedisSettings {
  const entry = ports.inventory().targets.find((target) => target.id === id && target.kind === 'redis');
  if (entry) return entry as unknown as RedisSettings;
  throw fail('unknown-target', { en: `There are no Redis servers ${id}.`, ja: `Redis ${id} はありません。` });
}
