/** One look at a whole cluster: every server by SQL, every machine that can be asked, side by side. */
import { isLive, type NodeReport } from '../../domain/postgres/node-report.ts';
import type { NodeState } from '../../domain/postgres/node-state.ts';
import type { ClusterView } from '../../domain/postgres/cluster-view.ts';
import type { ControlledNode, MachineNode } from '../ports/node-control.ts';
import type { Ports } from '../ports/index.ts';
import type { PostgresNode } from '../ports/postgres.ts';
import type { PostgresTarget } from './target.ts';

export async function viewCluster(ports: Ports, target: PostgresTarget, signal?: AbortSignal): Promise<ClusterView> {
  const views = await Promise.all(
    target.nodes.map(async (node) => {
      const looking = lookAt(ports, target, node, signal);
      const { state, said } = await askMachine(ports, node);
      // A frozen server takes the connection and says nothing: nobody waits for that where its machine has told.
      const report = state?.processes === 'frozen' ? frozen(node) : await looking;
      return { node: node.id, state, said, report };
    }),
  );
  const states = views.flatMap(({ node, state }) => (state === undefined ? [] : [[node, state] as const]));
  const beyondReach = views.flatMap(({ node, said }) => (said === undefined ? [] : [[node, said] as const]));
  return {
    reports: views.map(({ report }) => report),
    ...{ states: new Map(states), beyondReach: new Map(beyondReach), limits: target.limits },
  };
}

/** Where Patroni promotes, our role need not be allowed to. */
export async function lookAt(
  ports: Ports,
  target: PostgresTarget,
  node: PostgresNode,
  signal?: AbortSignal,
): Promise<NodeReport> {
  const report = await ports.postgres.look(node, target, signal);
  return node.patroni && isLive(report) ? { ...report, mayPromote: true } : report;
}

const frozen = ({ id }: PostgresNode): NodeReport => ({
  ...{ node: id, answers: false, why: 'unreachable' },
  said: 'its processes are frozen',
});

/** Undefined where its machine cannot be asked, or is not certain. */
export const stateOf = async (ports: Ports, node: PostgresNode): Promise<NodeState | undefined> =>
  (await askMachine(ports, node)).state;

/** A machine that is not here and that nothing leads to was not meant to be asked: nothing is said of that. */
async function askMachine(ports: Ports, node: PostgresNode): Promise<{ readonly state?: NodeState; readonly said?: string }> {
  const controlled = withControl(node);
  if (controlled === undefined) return {};
  try {
    return { state: await ports.nodeControl.state(controlled) };
  } catch (error) {
    return controlled.control.kind === 'local' ? {} : { said: (error as Error).message.replaceAll(/\s+/g, ' ').slice(0, 400) };
  }
}

export const withControl = ({ id, host, port, control }: PostgresNode): ControlledNode | undefined =>
  control && { id, host, port, control };

/** Where its files can be reached too: those of a pod lie on a volume that only a pod of its cluster reads. */
export function withMachine(node: PostgresNode): MachineNode | undefined {
  const { id, host, port, control } = node;
  return control === undefined || control.kind === 'kubernetes' ? undefined : { id, host, port, control };
}
