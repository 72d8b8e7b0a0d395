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

/** Where neither target nor scenario says how much may be lost: as the runbook does. */
export const usualBudgetMs = 5 * 60_000;

/** Fails: no-such-node. */
export function nodeOf({ id: target, nodes }: PostgresTarget, id: string): PostgresSettings['nodes'][number] {
  const node = nodes.find((one) => one.id === id);
  if (node) return node;
  throw fail('no-such-node', { en: `${target} has no node ${id}.`, ja: `${target} にノード ${id} はありません。` });
}
