/** Looks at all nodes of a cluster at once and says what is wrong. */
import type { Diagnosis } from '../../domain/diagnosis.ts';
import { judgeCluster } from '../../domain/postgres/judge-cluster.ts';
import type { Ports } from '../ports/index.ts';
import { postgresTarget } from './target.ts';

export async function diagnoseCluster(
  ports: Ports,
  input: { readonly target: string },
  signal?: AbortSignal,
): Promise<Diagnosis> {
  const target = postgresTarget(ports, input.target);
  const reports = await Promise.all(target.nodes.map((node) => ports.postgres.look(node, target, signal)));
  return { target: target.id, at: new Date().toISOString(), symptoms: judgeCluster(reports, target.limits), suggests: [] };
}
