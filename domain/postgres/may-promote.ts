/** Whether a standby may be promoted now: it can, nobody else can still take writes, nobody has more, and the loss is within the budget. */
import { size } from '../sizes.ts';
import { no, type Verdict } from '../verdict.ts';
import { canPromote, chooseStandby, positionOf } from './can-promote.ts';
import { bytesAhead } from './lsn.ts';
import { isLive, isPrimary, isStandby, type NodeReport } from './node-report.ts';
import type { LogTail, NodeState } from './node-state.ts';

export interface Promotion {
  readonly node: string;
  readonly reports: readonly NodeReport[];
  /** What the machines of silent nodes say; a node that is not in it could not be asked. */
  readonly states: ReadonlyMap<string, NodeState>;
  /** What the primary that is gone has beyond this standby; undefined where it could not be read. */
  readonly tail: LogTail | undefined;
  readonly budgetMs: number;
}

export function mayPromote({ node, reports, states, tail, budgetMs }: Promotion): Verdict {
  const candidate = reports.find((report) => report.node === node);
  if (candidate === undefined) return no(`There is no node ${node}.`, `ノード ${node} はありません。`);
  const able = canPromote(candidate, reports);
  if (!able.ok || !isStandby(candidate)) return able;
  if (candidate.role.isStreaming) {
    return no(`${node} receives the log: whoever sends it lives.`, `${node} は WAL を受信中です。送信元が稼働しています。`);
  }
  return (
    whoMayStillWrite(reports, states) ??
    whoHasMore(candidate.node, reports) ??
    overBudget(candidate.role.lastCommitAt, tail, budgetMs) ??
    able
  );
}

/** Two primaries are worse than none: of every other node it must be certain that it takes no writes. */
function whoMayStillWrite(reports: readonly NodeReport[], states: Promotion['states']): Verdict | undefined {
  const primary = reports.find(isPrimary);
  if (primary) return no(`${primary.node} takes writes.`, `${primary.node} が書き込みを受け付けています。`);
  for (const { node } of reports.filter((report) => !isLive(report))) {
    const state = states.get(node);
    if (state === undefined) {
      return no(
        `The fence is not proven: nobody can say whether ${node} is gone.`,
        `フェンスを確認できません。${node} が停止したかどうか不明です。`,
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

function whoHasMore(node: string, reports: readonly NodeReport[]): Verdict | undefined {
  const best = chooseStandby(reports);
  const own = reports.find((report) => report.node === node)!;
  if (best === undefined || !isStandby(own)) return undefined;
  const more = bytesAhead(positionOf(own)!, positionOf(best)!);
  return more === 0
    ? undefined
    : no(`${best.node} has ${size(more)} more.`, `${best.node} の方が ${size(more)} 多く受信しています。`);
}

/** An unknown loss counts as over every budget. */
function overBudget(lastCommitAt: string | null, tail: LogTail | undefined, budgetMs: number): Verdict | undefined {
  if (tail === undefined) return no('What would be lost is unknown.', '失われるデータ量が不明です。');
  if (tail.commits === 0) return undefined;
  const lostMs = Date.parse(tail.lastCommitAt!) - Date.parse(lastCommitAt ?? tail.firstCommitAt!);
  if (lostMs <= budgetMs) return undefined;
  const [lost, budget] = [lostMs, budgetMs].map((ms) => `${Math.ceil(ms / 1_000)} s`);
  return no(
    `${tail.commits} commits of ${lost} would be lost, with at least ${tail.rows} rows; the budget is ${budget}.`,
    `${lost} 分のコミット ${tail.commits} 件(${tail.rows} 行以上)が失われます(許容 ${budget})。`,
  );
}
