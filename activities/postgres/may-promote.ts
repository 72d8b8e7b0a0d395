/** Answers a cluster manager that is about to promote a standby: may it? */
import { chooseStandby } from '../../domain/postgres/can-promote.ts';
import { mayPromote } from '../../domain/postgres/may-promote.ts';
import { isLive, isStandby, type Standby } from '../../domain/postgres/node-report.ts';
import { mayHoldMore, nothingBehind, type LogTail } from '../../domain/postgres/node-state.ts';
import { no, type Verdict } from '../../domain/verdict.ts';
import type { Ports } from '../ports/index.ts';
import { viewCluster } from './cluster-view.ts';
import { lostPrimary, silentOnes, tailBeyond } from './silent-nodes.ts';
import { postgresTarget, usualBudgetMs } from './target.ts';

export async function answerMayPromote(
  ports: Ports,
  input: { readonly target: string; readonly node?: string | undefined },
  signal?: AbortSignal,
): Promise<Verdict & { readonly node: string }> {
  const target = postgresTarget(ports, input.target);
  const view = await viewCluster(ports, target, signal);
  const { reports, states, beyondReach } = view;
  const silent = silentOnes(target, view);
  const candidate =
    input.node === undefined ? chooseStandby(reports, states) : reports.filter(isStandby).find((one) => one.node === input.node);
  const node = input.node ?? candidate?.node;
  if (node === undefined) return { node: '', ...nobody };
  const verdict = mayPromote({
    ...{ node, reports, states, beyondReach },
    tail: candidate && (await lostWith(candidate)),
    budgetMs: target.objectives.rpo ?? usualBudgetMs,
  });
  return { node, ...verdict };

  /** Where every node that could have been the primary answers as a standby, the most advanced of them has it all. */
  async function lostWith(standby: Standby): Promise<LogTail | undefined> {
    const lost = reports.filter((report) => !isLive(report) && mayHoldMore(states.get(report.node)));
    const primary = lostPrimary(silent);
    if (lost.length === 0) return nothingBehind;
    return primary && tailBeyond(ports, primary, standby, signal);
  }
}

const nobody = no('No standby could take over.', '引き継げるスタンバイがありません。');
