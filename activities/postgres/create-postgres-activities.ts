/** The effects on a PostgreSQL cluster, made of ports. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { checkCommit, checkIntegrity, checkServers } from './check-cluster.ts';
import { diagnoseCluster } from './diagnose-cluster.ts';
import type { PostgresActivities } from './interface.ts';
import { answerMayPromote } from './may-promote.ts';

export const createPostgresActivities = (ports: Ports): PostgresActivities => ({
  diagnosePostgres: (input) => alive((signal) => diagnoseCluster(ports, input, signal)),
  mayPromotePostgres: (input) => alive((signal) => answerMayPromote(ports, input, signal)),
  checkPostgresServers: (input) => alive((signal) => checkServers(ports, input, signal)),
  checkPostgresIntegrity: (input) => alive((signal) => checkIntegrity(ports, input, signal)),
  checkPostgresCommit: (input) => alive((signal) => checkCommit(ports, input, signal)),
});
