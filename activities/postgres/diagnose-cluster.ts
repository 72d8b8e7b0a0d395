/** Looks at all nodes of a cluster at once and says what is wrong; where the primary is gone, also what would be lost. */
import type { Diagnosis } from '../../domain/diagnosis.ts';
import { chooseStandby } from '../../domain/postgres/can-promote.ts';
import { judgeCluster } from '../../domain/postgres/judge-cluster.ts';
import { judgeLoss, judgeProcesses } from '../../domain/postgres/judge-loss.ts';
import { isPrimary, type NodeReport } from '../../domain/postgres/node-report.ts';
import type { Symptom } from '../../domain/symptom.ts';
import type { Ports } from '../ports/index.ts';
import { lookAtSilentOnes, lostPrimary, tailBeyond, type SilentNode } from './silent-nodes.ts';
import { postgresTarget } from './target.ts';

export async function diagnoseCluster(
  ports: Ports,
  input: { readonly target: string },
  signal?: AbortSignal,
): Promise<Diagnosis> {
  const target = postgresTarget(ports, input.target);
  const reports = await Promise.all(target.nodes.map((node) => ports.postgres.look(node, target, signal)));
  const silent = await lookAtSilentOnes(ports, target, reports);
  const symptoms = [
    ...judgeCluster(reports, target.limits),
    ...silent.map(({ node, state }) => judgeProcesses(node, state)),
    ...(reports.some(isPrimary) ? [] : await lossOf(ports, silent, reports, signal)),
  ];
  return { target: target.id, at: new Date().toISOString(), symptoms, suggests: [] };
}

/** Nothing to say where nobody could take over. */
async function lossOf(
  ports: Ports,
  silent: readonly SilentNode[],
  reports: readonly NodeReport[],
  signal?: AbortSignal,
): Promise<Symptom[]> {
  const successor = chooseStandby(reports);
  if (successor === undefined) return [];
  const primary = lostPrimary(silent);
  return [judgeLoss(primary?.node, successor.node, primary && (await tailBeyond(ports, primary, successor, signal)))];
}
