/** The effects of a Redis failover, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../../alive.ts';
import type { Ports } from '../../ports/index.ts';
import { assess } from './assess.ts';
import { bringBack } from './bring-back.ts';
import { applyFence, planFence, undoFence } from './fence.ts';
import type { RedisFailoverActivities } from './interface.ts';
import { lookAtLoss, prove } from './prove.ts';
import { repointClients } from './repoint.ts';
import { follow, promote } from './take-over.ts';
import { verify } from './verify.ts';

export const createRedisFailoverActivities = (ports: Ports): RedisFailoverActivities => ({
  assessRedis: (input) => alive((signal) => assess(ports, input, signal)),
  planRedisFence: (input) => alive((signal) => planFence(ports, input, signal)),
  applyRedisFence: (input) => alive((signal) => applyFence(ports, input, signal)),
  undoRedisFence: (input) => alive((signal) => undoFence(ports, input, signal)),
  proveRedisFence: (input) => alive((signal) => prove(ports, input, signal)),
  lookAtRedisLoss: (input) => alive((signal) => lookAtLoss(ports, input, signal)),
  promoteRedis: (input) => alive((signal) => promote(ports, input, signal)),
  repointRedis: (input) => alive((signal) => repointClients(ports, input, signal)),
  followRedis: (input) => alive((signal) => follow(ports, input, signal)),
  bringBackRedis: (input) => alive((signal) => bringBack(ports, input, signal)),
  verifyRedisFailover: (input) => alive((signal) => verify(ports, input, signal)),
});
