/** Backups of a cluster by the tool that its inventory names. */
import type { BackedUpCluster, PostgresBackups } from '../../activities/ports/postgres-backups.ts';
import type { ReadSecret } from '../secrets.ts';
import { createBaseBackups } from './base-backup.ts';
import { createPgBackRest } from './pgbackrest.ts';

export function createPostgresBackups(secret: ReadSecret): PostgresBackups {
  const tools = { pgbackrest: createPgBackRest(secret), 'base-backup': createBaseBackups(secret) };
  const of = ({ backup }: BackedUpCluster): PostgresBackups => tools[backup.tool.kind];
  return {
    list: (cluster, signal) => of(cluster).list(cluster, signal),
    take: (cluster, request, signal) => of(cluster).take(cluster, request, signal),
    check: (cluster, signal) => of(cluster).check(cluster, signal),
    restore: (cluster, request, signal) => of(cluster).restore(cluster, request, signal),
    remove: (cluster, label, signal) => of(cluster).remove(cluster, label, signal),
    archived: (cluster, scratch, signal) => of(cluster).archived(cluster, scratch, signal),
    lastCommit: (cluster, upTo, scratch, signal) => of(cluster).lastCommit(cluster, upTo, scratch, signal),
    mark: (cluster, primary, name, signal) => of(cluster).mark(cluster, primary, name, signal),
  };
}
