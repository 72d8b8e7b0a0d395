/** A PostgreSQL cluster with backups, as the inventory of this moment declares it. */
import { fail } from '../../domain/fail.ts';
import type { BackedUp } from '../backup-keeping/backed-up.ts';
import type { Ports } from '../ports/index.ts';
import type { BackedUpCluster } from '../ports/postgres-backups.ts';
import { postgresTarget, type PostgresTarget } from '../postgres/target.ts';

export type BackedUpPostgres = PostgresTarget & BackedUp & BackedUpCluster;

/** Fails: unknown-target. */
export function backedUpPostgres(ports: Ports, id: string): BackedUpPostgres {
  const target = postgresTarget(ports, id);
  const { backup } = target;
  if (backup === undefined) {
    throw fail('unknown-target', {
      en: `The PostgreSQL cluster ${id} declares no backups.`,
      ja: `PostgreSQL クラスター ${id} にはバックアップの設定がありません。`,
    });
  }
  const { repositories } = ports.inventory();
  const repositoryEntries = backup.repositories.flatMap((name) => repositories.filter((one) => one.id === name));
  return { ...target, backup, repositoryEntries, backups: backup.times };
}
