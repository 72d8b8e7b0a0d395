/** Nodes whose server does not answer, as their machines tell of them: whether they are gone, and what a primary among them holds. */
import { positionOf } from '../../domain/postgres/can-promote.ts';
import { isLive, type NodeReport, type Standby } from '../../domain/postgres/node-report.ts';
import type { LogTail, NodeState } from '../../domain/postgres/node-state.ts';
import type { ControlSettings } from '../ports/node-control.ts';
import type { Ports } from '../ports/index.ts';
import type { PostgresTarget } from './target.ts';

export interface SilentNode {
  readonly node: string;
  readonly control: ControlSettings;
  readonly state: NodeState;
}

/** Those whose machine can be asked, and answers. */
export async function lookAtSilentOnes(
  ports: Ports,
  { nodes }: PostgresTarget,
  reports: readonly NodeReport[],
): Promise<SilentNode[]> {
  const silent = nodes.filter(({ id }) => !reports.some((report) => isLive(report) && report.node === id));
  const looked = await Promise.all(
    silent.map(async ({ id, host, port, control }) => {
      const state = control && (await ports.nodeControl.state({ host, port, control }).catch(() => undefined));
      return control && state ? [{ node: id, control, state }] : [];
    }),
  );
  return looked.flat();
}

/** The one that was the primary; undefined where none or several may have been. */
export function lostPrimary(silent: readonly SilentNode[]): SilentNode | undefined {
  const primaries = silent.filter(({ state }) => !state.isStandby);
  return primaries.length === 1 ? primaries[0] : undefined;
}

/** What it holds beyond the standby; undefined where that cannot be read, or can still grow. */
export async function tailBeyond(
  ports: Ports,
  { control, state }: SilentNode,
  standby: Standby,
  signal?: AbortSignal,
): Promise<LogTail | undefined> {
  const position = positionOf(standby);
  if (state.processes !== 'gone' || position === undefined) return undefined;
  return ports.nodeControl.logAfter(control, standby.timeline, position, signal).catch(() => undefined);
}
