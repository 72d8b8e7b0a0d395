/** The effects of a PostgreSQL failover, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../../alive.ts';
import type { Ports } from '../../ports/index.ts';
import { applyFence, planFenceOf, proveFenceOf, undoFence } from './fence.ts';
import type { PostgresFailoverActivities } from './interface.ts';
import { rejoin } from './rejoin.ts';
import { repointCluster } from './repoint.ts';
import { chooseAfterFence, commitFirst, promoteSuccessor } from './take-over.ts';
import { verifyFailover } from './verify-failover.ts';

export const createPostgresFailoverActivities = (ports: Ports): PostgresFailoverActivities => ({
  planPostgresFence: (input) => alive((signal) => planFenceOf(ports, input, signal)),
  applyPostgresFence: (input) => alive((signal) => applyFence(ports, input, signal)),
  undoPostgresFence: (input) => alive((signal) => undoFence(ports, input, signal)),
  provePostgresFence: (input) => alive((signal) => proveFenceOf(ports, input, signal)),
  choosePostgresSuccessor: (input) => alive((signal) => chooseAfterFence(ports, input, signal)),
  promotePostgres: (input) => alive((signal) => promoteSuccessor(ports, input, signal)),
  commitPostgres: (input) => alive((signal) => commitFirst(ports, input, signal)),
  repointPostgres: (input) => alive((signal) => repointCluster(ports, input, signal)),
  rejoinPostgres: (input) => alive((signal) => rejoin(ports, input, signal)),
  verifyPostgresFailover: (input) => alive((signal) => verifyFailover(ports, input, signal)),
});
