/** Looks at all nodes of a cluster at once and says what is wrong; where the primary is gone, also what would be lost. */
import type { Diagnosis } from '../../domain/diagnosis.ts';
import { chooseStandby } from '../../domain/postgres/can-promote.ts';
import { judgeCluster } from '../../domain/postgres/judge-cluster.ts';
import { judgeReach } from '../../domain/machine-reach.ts';
import { judgeLoss, judgeProcesses } from '../../domain/postgres/judge-loss.ts';
import { isLive, isPrimary } from '../../domain/postgres/node-report.ts';
import { judgePatroni } from '../../domain/postgres/patroni/judge-patroni.ts';
import type { ClusterView } from '../../domain/postgres/cluster-view.ts';
import { isShut } from '../../domain/silent-node.ts';
import type { Symptom } from '../../domain/symptom.ts';
import type { Ports } from '../ports/index.ts';
import { viewCluster } from './cluster-view.ts';
import { lookThroughPatroni } from './patroni/view-patroni.ts';
import { lostPrimary, silentOnes, tailBeyond, type SilentNode } from './silent-nodes.ts';
import { postgresTarget } from './target.ts';

export async function diagnoseCluster(
  ports: Ports,
  input: { readonly target: string },
  signal?: AbortSignal,
): Promise<Diagnosis> {
  const target = postgresTarget(ports, input.target);
  const [view, patroni] = await Promise.all([viewCluster(ports, target, signal), lookThroughPatroni(ports, target, signal)]);
  const { reports, states } = view;
  const silent = silentOnes(target, view);
  const symptoms = [
    ...judgeCluster(reports, target.limits, states),
    ...(patroni ? judgePatroni(patroni, reports, target.limits) : []),
    ...silent.map(({ node, state }) => judgeProcesses(node, state)),
    ...[...(view.beyondReach ?? [])].map(([node, said]) => judgeReach(node, said)),
    ...(reports.some(isPrimary) ? [] : await lossOf(ports, silent, view, signal)),
  ];
  return { target: target.id, at: new Date().toISOString(), symptoms, suggests: suggestFor(view) };
}

/** Without a primary, and with somebody to take over. Two of them are first of all a question to people. */
function suggestFor({ reports, states }: ClusterView): Diagnosis['suggests'] {
  const successor = chooseStandby(reports, states);
  // One that answers and only does not let us in may take writes from everybody else.
  const isServed = reports.some((report) => isPrimary(report) || (!isLive(report) && isShut(report)));
  if (successor === undefined || isServed) return [];
  const { node } = successor;
  const why = {
    en: `Nobody takes writes, and ${node} can take over.`,
    ja: `書き込み可能なノードがなく、${node} が引き継げます。`,
  };
  return [{ scenario: 'postgres-failover', input: {}, why }];
}

/** Nothing to say where nobody could take over. */
async function lossOf(
  ports: Ports,
  silent: readonly SilentNode[],
  { reports, states }: ClusterView,
  signal?: AbortSignal,
): Promise<Symptom[]> {
  const successor = chooseStandby(reports, states);
  if (successor === undefined) return [];
  const primary = lostPrimary(silent);
  return [judgeLoss(primary?.node, successor.node, primary && (await tailBeyond(ports, primary, successor, signal)))];
}
