/** A PostgreSQL cluster as the inventory of this moment declares it. */
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import { fail } from '../../domain/fail.ts';
import type { Ports } from '../ports/index.ts';

export interface PostgresTarget extends PostgresSettings {
  readonly id: string;
  readonly objectives: { readonly rpo?: number | undefined };
}

/** Fails: unknown-target. */
export function postgresTarget(ports: Ports, id: string): PostgresTarget {
  const entry = ports.inventory().targets.find((target) => target.id === id && target.kind === 'postgres');
  if (entry) return { ...(entry as unknown as PostgresSettings), id, objectives: entry.objectives };
  throw fail('unknown-target', {
    en: `There is no PostgreSQL cluster ${id}.`,
    ja: `PostgreSQL クラスター ${id} はありません。`,
  });
}
