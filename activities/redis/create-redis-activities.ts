/** The effects on Redis servers, made of ports. */
import { answerServers } from '../../domain/checklist/server-answers.ts';
import { judged } from '../../domain/checklist/words.ts';
import { answerKeys } from '../../domain/redis/checklist.ts';
import { judgeReach } from '../../domain/machine-reach.ts';
import { judgeServers } from '../../domain/redis/judge-servers.ts';
import { suggestFailover } from '../../domain/redis/suggest-failover.ts';
import { isMaster } from '../../domain/redis/node-report.ts';
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import type { RedisActivities } from './interface.ts';
import { unreached } from './failover/look-around.ts';
import { lookAtAll, masterOf, redisTarget } from './target.ts';

export const createRedisActivities = (ports: Ports): RedisActivities => ({
  diagnoseRedis: ({ target }) =>
    alive(async (signal) => {
      const settings = redisTarget(ports, target);
      const [reports, machines] = await Promise.all([lookAtAll(ports, settings, signal), unreached(ports, settings, signal)]);
      const symptoms = [...judgeServers(reports, settings.limits), ...machines.map(([node, said]) => judgeReach(node, said))];
      return { target, at: new Date().toISOString(), symptoms, suggests: suggestFailover(reports) };
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
      const { keys, found } = await ports.redis.count(master, settings, settings.expectedKeys, signal);
      return answerKeys(keys, settings.expectedKeys, found);
    }),

  checkRedisWrite: ({ target }) =>
    alive(async (signal) => {
      const settings = redisTarget(ports, target);
      const master = await masterOf(ports, target, settings, signal);
      const ms = Math.round(await ports.redis.write(master, settings, signal));
      const sentence = { en: `${master.id} took a write after ${ms} ms.`, ja: `${master.id} は ${ms} ミリ秒で書き込めました。` };
      return [judged('write', true, sentence, { measured: `${ms} ms` })];
    }),
});
