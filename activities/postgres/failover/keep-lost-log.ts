/** Keeps the log of commits that only one node has, before they are taken back there. */
import type { Ports } from '../../ports/index.ts';
import type { MachineNode } from '../../ports/node-control.ts';
import { checkedName } from '../../records/checked-name.ts';
import { findTakeOver } from './take-over-record.ts';

interface Lost {
  readonly target: string;
  readonly recovery: string;
  readonly primary: string;
  /** Of the primary; the log before it is what may be lost. */
  readonly timeline: number;
}

/** Empty where no commit is lost; undefined where that cannot be read. Wants a server that is gone. May run twice. */
export async function keepLostLog(
  ports: Ports,
  { target, recovery, primary, timeline }: Lost,
  node: MachineNode,
  signal?: AbortSignal,
): Promise<{ readonly keptLog?: string } | undefined> {
  const before = timeline - 1;
  const takeOver = await findTakeOver(ports, target, { node: primary, timeline: before });
  if (takeOver === undefined) return undefined;
  const tail = await ports.nodeControl.logAfter(node, before, takeOver.position, signal).catch(() => undefined);
  if (tail === undefined) return undefined;
  if (tail.commits === 0) return {};
  return { keptLog: await ports.nodeControl.keepLog(node, before, takeOver.position, checkedName(recovery).slice(-12), signal) };
}
