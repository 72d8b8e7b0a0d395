/** Whether a replica may take over, and which of several loses least. */
import { no, type Verdict } from '../verdict.ts';
import { isMaster, isReplica, type NodeReport, type Replica } from './node-report.ts';

/** `reports` are all nodes, this one among them. */
export function canPromote(candidate: Replica, reports: readonly NodeReport[]): Verdict {
  const { node, role } = candidate;
  if (role.priority === 0) {
    return no(`${node} has priority 0: it is never to be promoted.`, `${node} は優先度 0 のため昇格できません。`);
  }
  if (!role.hasCopied || candidate.isLoading) {
    return no(`${node} has no whole copy of its master.`, `${node} にマスターの完全な複製がありません。`);
  }
  const stranger = reports.filter(isMaster).find((master) => !shareHistory(candidate, master));
  if (stranger) return no(`${node} is no copy of ${stranger.node}.`, `${node} は ${stranger.node} の複製ではありません。`);
  return {
    ok: true,
    sentence: {
      en: `${node} may be promoted; it has everything up to ${candidate.offset}.`,
      ja: `${node} は昇格できます(オフセット ${candidate.offset})。`,
    },
  };
}

/** A replica that was cut off in the middle of a change of masters may still carry the name before. */
export const shareHistory = (replica: Replica, { history, historyBefore }: { history: string; historyBefore: string }): boolean =>
  replica.history === history || replica.history === historyBefore;

/** Of those that may, the one with most; of equals the one that is preferred, then the first of the inventory. */
export function chooseReplica(
  reports: readonly NodeReport[],
  among: (replica: Replica) => boolean = () => true,
): Replica | undefined {
  const able = reports.filter(isReplica).filter((one) => among(one) && canPromote(one, reports).ok);
  return able.toSorted((a, b) => b.offset - a.offset || a.role.priority - b.role.priority)[0];
}
