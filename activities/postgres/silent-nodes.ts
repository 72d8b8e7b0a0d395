/** Nodes whose server does not answer, as their machines tell of them: whether they are gone, and what a primary among them holds. */
import { positionOf } from '../../domain/postgres/can-promote.ts';
import { isLive, type Standby } from '../../domain/postgres/node-report.ts';
import { mayHoldMore, type LogTail, type NodeState } from '../../domain/postgres/node-state.ts';
import type { ClusterView } from '../../domain/postgres/cluster-view.ts';
import type { PostgresNode } from '../ports/postgres.ts';
import type { Ports } from '../ports/index.ts';
import { withMachine } from './cluster-view.ts';
import type { PostgresTarget } from './target.ts';

export interface SilentNode {
  readonly node: string;
  readonly at: PostgresNode;
  readonly state: NodeState;
}

/** Those whose machine could be asked, and answered. */
export const silentOnes = (
  { nodes }: PostgresTarget,
  { reports, states }: Pick<ClusterView, 'reports' | 'states'>,
): SilentNode[] =>
  nodes
    .filter(({ id }) => !reports.some((report) => isLive(report) && report.node === id))
    .flatMap((node) => {
      const state = states.get(node.id);
      return state ? [{ node: node.id, at: node, state }] : [];
    });

/** The one that was the primary; undefined where none or several may have been. */
export function lostPrimary(silent: readonly SilentNode[]): SilentNode | undefined {
  const primaries = silent.filter(({ state }) => mayHoldMore(state));
  return primaries.length === 1 ? primaries[0] : undefined;
}

/** What it holds beyond the standby; undefined where that cannot be read, or can still grow. */
export async function tailBeyond(
  ports: Ports,
  { at, state }: SilentNode,
  standby: Standby,
  signal?: AbortSignal,
): Promise<LogTail | undefined> {
  const [position, node] = [positionOf(standby), withMachine(at)];
  if (state.processes !== 'gone' || position === undefined || node === undefined) return undefined;
  return ports.nodeControl.logAfter(node, standby.timeline, position, signal).catch(() => undefined);
}
