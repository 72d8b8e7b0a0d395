/** Looks at all nodes of a cluster at once and says what is wrong; where the primary is gone, also what would be lost. */
import type { Diagnosis } from '../../domain/diagnosis.ts';
import { chooseStandby, positionOf } from '../../domain/postgres/can-promote.ts';
import { judgeCluster } from '../../domain/postgres/judge-cluster.ts';
import { judgeLoss, judgeProcesses } from '../../domain/postgres/judge-loss.ts';
import { isLive, isPrimary, type NodeReport } from '../../domain/postgres/node-report.ts';
import type { NodeState } from '../../domain/postgres/node-state.ts';
import type { Symptom } from '../../domain/symptom.ts';
import type { ControlSettings } from '../ports/node-control.ts';
import type { Ports } from '../ports/index.ts';
import { postgresTarget, type PostgresTarget } from './target.ts';

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

interface SilentNode {
  readonly node: string;
  readonly control: ControlSettings;
  readonly state: NodeState;
}

/** Those whose machine can be asked, and answers. */
async function lookAtSilentOnes(ports: Ports, { nodes }: PostgresTarget, reports: readonly NodeReport[]): Promise<SilentNode[]> {
  const silent = nodes.filter(({ id }) => !reports.some((report) => isLive(report) && report.node === id));
  const looked = await Promise.all(
    silent.map(async ({ id, control }) => {
      const state = control && (await ports.nodeControl.state(control).catch(() => undefined));
      return control && state ? [{ node: id, control, state }] : [];
    }),
  );
  return looked.flat();
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
  const primaries = silent.filter(({ state }) => !state.isStandby);
  const [primary] = primaries;
  if (primary === undefined || primaries.length > 1) return [judgeLoss(undefined, successor.node, undefined)];
  const tail =
    primary.state.processes === 'gone'
      ? await ports.nodeControl
          .logAfter(primary.control, successor.timeline, positionOf(successor)!, signal)
          .catch(() => undefined)
      : undefined;
  return [judgeLoss(primary.node, successor.node, tail)];
}
