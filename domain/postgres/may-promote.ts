/** Whether a standby may be promoted now: it can, nobody else can still take writes, nobody has more, and the loss is within the budget. */
import { size } from '../sizes.ts';
import { no, type Verdict } from '../verdict.ts';
import { canPromote, chooseStandby, positionOf, type NodeStates } from './can-promote.ts';
import { decideLoss } from './loss.ts';
import { bytesAhead } from './lsn.ts';
import { isLive, isPrimary, isStandby, type NodeReport } from './node-report.ts';
import type { LogTail } from './node-state.ts';

export interface Promotion {
  readonly node: string;
  readonly reports: readonly NodeReport[];
  /** What the machines of silent nodes say; a node that is not in it could not be asked. */
  readonly states: NodeStates;
  /** Why a machine could not be asked that a command should have led to, by node. */
  readonly beyondReach?: ReadonlyMap<string, string> | undefined;
  /** What the primary that is gone has beyond this standby; undefined where it could not be read. */
  readonly tail: LogTail | undefined;
  readonly budgetMs: number;
}

export function mayPromote(promotion: Promotion): Verdict {
  const { node, reports, states, tail, budgetMs } = promotion;
  const candidate = reports.find((report) => report.node === node);
  if (candidate === undefined) return no(`There is no node ${node}.`, `ノード ${node} はありません。`);
  const able = canPromote(candidate, reports, states);
  if (!able.ok || !isStandby(candidate)) return able;
  if (candidate.role.isStreaming) {
    return no(`${node} receives the log: whoever sends it lives.`, `${node} は WAL を受信中です。送信元が稼働しています。`);
  }
  return (
    whoMayStillWrite(promotion) ??
    whoHasMore(candidate.node, reports, states) ??
    overBudget(candidate.role.lastCommitAt, tail, budgetMs) ??
    able
  );
}

/** Two primaries are worse than none: of every other node it must be certain that it takes no writes. */
function whoMayStillWrite({ reports, states, beyondReach }: Promotion): Verdict | undefined {
  const primary = reports.find(isPrimary);
  if (primary) return no(`${primary.node} takes writes.`, `${primary.node} が書き込みを受け付けています。`);
  for (const { node } of reports.filter((report) => !isLive(report))) {
    const state = states.get(node);
    if (state === undefined) {
      const why = beyondReach?.get(node);
      return no(
        `The fence is not proven: nobody can say whether ${node} is gone${why === undefined ? '' : ` (${why})`}.`,
        `フェンスを確認できません。${node} が停止したかどうか不明です${why === undefined ? '' : `(${why})`}。`,
      );
    }
    if (!state.isStandby && state.processes !== 'gone') {
      return no(
        `The fence is not proven: ${node} is ${state.processes}.`,
        `フェンスを確認できません。${node} のプロセスが残っています(${state.processes})。`,
      );
    }
  }
  return undefined;
}

function whoHasMore(node: string, reports: readonly NodeReport[], states: NodeStates): Verdict | undefined {
  const best = chooseStandby(reports, states);
  const own = reports.find((report) => report.node === node)!;
  if (best === undefined || !isStandby(own)) return undefined;
  const more = bytesAhead(positionOf(own)!, positionOf(best)!);
  return more === 0
    ? undefined
    : no(`${best.node} has ${size(more)} more.`, `${best.node} の方が ${size(more)} 多く受信しています。`);
}

function overBudget(lastCommitAt: string | null, tail: LogTail | undefined, budgetMs: number): Verdict | undefined {
  const { isWithin, sentence } = decideLoss({ tail, lastCommitAt, budgetMs });
  return isWithin ? undefined : { ok: false, sentence };
}
