/** One look at a cluster through Patroni: every REST API side by side. */
import { viewPatroniOf, type PatroniView } from '../../../domain/postgres/patroni/patroni-view.ts';
import type { Ports } from '../../ports/index.ts';
import type { PatroniNode } from '../../ports/patroni.ts';
import type { PostgresNode } from '../../ports/postgres.ts';
import type { PostgresTarget } from '../target.ts';

/** Undefined where Patroni does not run it. */
export function withPatroni({ id, patroni }: PostgresNode): PatroniNode | undefined {
  return patroni && { id, patroni };
}

/** What Patroni calls a node. */
export const memberOf = ({ id, patroni }: PatroniNode): string => patroni.member ?? id;

/** Undefined where Patroni does not run it. */
export async function lookThroughPatroni(
  ports: Ports,
  { nodes }: PostgresTarget,
  signal?: AbortSignal,
): Promise<PatroniView | undefined> {
  const asked = nodes.flatMap((node) => withPatroni(node) ?? []);
  if (asked.length === 0) return undefined;
  const reports = await Promise.all(asked.map((node) => ports.patroni.look(node, signal)));
  return viewPatroniOf(reports, new Map(asked.map((node) => [node.id, memberOf(node)])));
}
