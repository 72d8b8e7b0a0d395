/** Whether a standby may take over, and which of several loses least. */
import { size } from '../sizes.ts';
import { no, type Verdict } from '../verdict.ts';
import { leastRoomBytes } from './limits.ts';
import { bytesAhead, furthest } from './lsn.ts';
import { isLive, isStandby, majorOf, type LiveNode, type NodeReport, type Primary, type Standby } from './node-report.ts';
import type { NodeState } from './node-state.ts';

/** The last position whose bytes are on this standby, replayed or not. */
export function positionOf({ role: { received, replayed } }: Standby): string | undefined {
  if (received === null || replayed === null) return received ?? replayed ?? undefined;
  return furthest(received, replayed);
}

/** What it needs next is gone from the disk of the primary. */
export function lacksLog(standby: Standby, { role: { oldest } }: Primary): boolean {
  const has = positionOf(standby);
  return !standby.role.isStreaming && has !== undefined && bytesAhead(has, oldest) > 0;
}

/** What machines of nodes tell; a node that is not in it could not be asked. */
export type NodeStates = ReadonlyMap<string, NodeState>;

/** `reports` are all nodes of the cluster, this one among them. */
export function canPromote(candidate: NodeReport, reports: readonly NodeReport[], states: NodeStates = new Map()): Verdict {
  const { node } = candidate;
  if (!isLive(candidate)) return no(`${node} does not answer.`, `${node} が応答しません。`);
  if (!isStandby(candidate)) return no(`${node} is a primary already.`, `${node} は既にプライマリです。`);
  const others = reports.filter(isLive).filter((other) => other.node !== node);
  const stranger = strangerTo(candidate, others);
  if (stranger) return no(`${node} is no copy of ${stranger.node}.`, `${node} は ${stranger.node} の複製ではありません。`);
  const newer = others.find((other) => majorOf(other) !== majorOf(candidate));
  if (newer) {
    return no(
      `${node} is PostgreSQL ${majorOf(candidate)}, ${newer.node} ${majorOf(newer)}.`,
      `${node} は PostgreSQL ${majorOf(candidate)}、${newer.node} は ${majorOf(newer)} です。`,
    );
  }
  const timeline = Math.max(...others.map((other) => other.timeline), candidate.timeline);
  if (candidate.timeline < timeline) {
    return no(
      `${node} is on timeline ${candidate.timeline}, the cluster on ${timeline}.`,
      `${node} はタイムライン ${candidate.timeline} ですが、クラスターは ${timeline} です。`,
    );
  }
  if (positionOf(candidate) === undefined) {
    return no(`${node} does not say how much it has received.`, `${node} がどこまで受信したか不明です。`);
  }
  if (!candidate.mayPromote) {
    return no(`Our role may not call pg_promote on ${node}.`, `${node} で pg_promote を実行する権限がありません。`);
  }
  const room = states.get(node)?.roomBytes;
  if (room !== undefined && room < leastRoomBytes) {
    return no(`${node} has only ${size(room)} of room on its disk.`, `${node} のディスクの空きは ${size(room)} しかありません。`);
  }
  return {
    ok: true,
    sentence: {
      en: `${node} may be promoted; it has the log up to ${positionOf(candidate)}.`,
      ja: `${node} は昇格できます。${positionOf(candidate)} までのログがあります。`,
    },
  };
}

/** The first one with another system identifier. */
export const strangerTo = (node: LiveNode, others: readonly LiveNode[]): LiveNode | undefined =>
  others.find(({ systemId }) => systemId !== node.systemId);

/** Of those that may, the one that has received most; of equals the one that has replayed most, then the first of the inventory. */
export function chooseStandby(
  reports: readonly NodeReport[],
  states: NodeStates = new Map(),
  among: (standby: Standby) => boolean = () => true,
): Standby | undefined {
  const able = reports.filter(isStandby).filter((one) => among(one) && canPromote(one, reports, states).ok);
  return able.reduce<Standby | undefined>((best, one) => (best === undefined || losesLess(one, best) ? one : best), undefined);
}

function losesLess(one: Standby, other: Standby): boolean {
  const [mine, others] = [positionOf(one)!, positionOf(other)!];
  const ahead = bytesAhead(others, mine) - bytesAhead(mine, others);
  if (ahead !== 0) return ahead > 0;
  const [replayed, otherReplayed] = [one.role.replayed, other.role.replayed];
  return replayed !== null && (otherReplayed === null || bytesAhead(otherReplayed, replayed) > 0);
}
