/** The take-over: who is promoted, at what price, the promotion itself, and the first commit. */
import { fail } from '../../../domain/fail.ts';
import { positionOf } from '../../../domain/postgres/can-promote.ts';
import { chooseSuccessor } from '../../../domain/postgres/choose-successor.ts';
import { commitsHang } from '../../../domain/postgres/judge-primary.ts';
import { allTails, decideLoss } from '../../../domain/postgres/loss.ts';
import { isPrimary, isStandby, type Standby } from '../../../domain/postgres/node-report.ts';
import type { LogTail } from '../../../domain/postgres/node-state.ts';
import type { ClusterView } from '../../../domain/postgres/cluster-view.ts';
import { viewCluster, withMachine } from '../cluster-view.ts';
import { nodeOf, postgresTarget, usualBudgetMs, type PostgresTarget } from '../target.ts';
import type { Ports } from '../../ports/index.ts';
import { readFencePlan } from './fence.ts';
import type { PostgresFailoverActivities, Promoted, Successor } from './interface.ts';
import { keepTakeOver } from './take-over-record.ts';

type Input<Name extends keyof PostgresFailoverActivities> = Parameters<PostgresFailoverActivities[Name]>[0];

export async function chooseAfterFence(
  ports: Ports,
  input: Input<'choosePostgresSuccessor'>,
  signal?: AbortSignal,
): Promise<Successor> {
  const target = postgresTarget(ports, input.target);
  const { is, successor, suspects, wish } = await readFencePlan(ports, target, input.plan);
  const view = await viewCluster(ports, target, signal);
  const primary = view.reports.filter(isPrimary).find(({ node }) => node === successor);
  const budgetMs = target.objectives.rpo ?? usualBudgetMs;
  if (is === 'taken-over' || primary) {
    if (primary === undefined) throw nobodyThere(successor);
    // Where its log parted from that of the others nobody can say: what they have and it has not is unknown.
    const loss = suspects.length === 0 ? nothingMore : decideLoss({ tail: undefined, lastCommitAt: null, budgetMs });
    return { node: successor, timeline: primary.timeline, position: null, isPrimary: true, loss };
  }
  // The positions of this moment decide: until the fence stood, others may have received more.
  const chosen = chooseSuccessor(view, wish);
  if ('sentence' in chosen) throw fail('nobody-to-promote', chosen.sentence);
  const { standby, left } = chosen;
  const tail = await tailsOf(ports, target, view, suspects, standby, signal);
  const loss = decideLoss({ tail, lastCommitAt: standby.role.lastCommitAt, budgetMs });
  if (wish.mode === 'switchover' && input.isFenced && tail?.commits !== 0) throw fail('switchover-refused', loss.sentence);
  const { node, timeline } = standby;
  return { node, timeline, position: positionOf(standby)!, isPrimary: false, ...(tail && { tail }), loss, left };
}

const nothingMore = {
  isWithin: true,
  sentence: { en: 'It had taken over before.', ja: '引き継ぎは済んでいます。' },
} as const;

/** What all who may hold more hold beyond the standby: those that were fenced, and those that were found fenced. */
async function tailsOf(
  ports: Ports,
  { nodes }: PostgresTarget,
  { states }: ClusterView,
  suspects: readonly { readonly node: string }[],
  standby: Standby,
  signal?: AbortSignal,
): Promise<LogTail | undefined> {
  const position = positionOf(standby);
  const holders = nodes.filter(({ id }) => suspects.some(({ node }) => node === id) || states.get(id)?.fencedBy);
  const tails = holders.map(async (holder) => {
    const node = withMachine(holder);
    if (position === undefined || node === undefined || states.get(node.id)?.processes !== 'gone') return undefined;
    return ports.nodeControl.logAfter(node, standby.timeline, position, signal).catch(() => undefined);
  });
  return allTails(await Promise.all(tails));
}

export async function promoteSuccessor(ports: Ports, input: Input<'promotePostgres'>, signal?: AbortSignal): Promise<Promoted> {
  const target = postgresTarget(ports, input.target);
  const { node: id, timeline, position, isPrimary: wasPrimary } = input.successor;
  if (wasPrimary) return { timeline, already: true };
  const node = nodeOf(target, id);
  const { suspects } = await readFencePlan(ports, target, input.plan);
  const { reports } = await viewCluster(ports, target, signal);
  const before = reports.find((report) => report.node === id)!;
  if (isPrimary(before)) return told(before.timeline, timeline, id, true);
  if (!isStandby(before)) throw nobodyThere(id);
  // People may have taken their time since the proof.
  const awake = reports.filter(isPrimary).find((report) => suspects.some((one) => one.node === report.node && one.hasControl));
  if (awake) throw writesAgain(awake.node);
  const fenced = suspects.map((suspect) => suspect.node);
  await keepTakeOver(ports, target.id, input.recovery, { node: id, position: position!, timeline, fenced });
  await ports.postgres.promote(node, target, signal);
  const after = await ports.postgres.look(node, target, signal);
  if (!isPrimary(after)) throw nobodyThere(id);
  return told(after.timeline, timeline, id, false);
}

/** A promotion begins one new timeline. More than one: somebody else promoted too, and nobody knows what that means. */
function told(now: number, before: number, node: string, already: boolean): Promoted {
  if (now === before + 1) return { timeline: now, already };
  throw fail('promotion-failed', {
    en: `${node} is on timeline ${now}, not on ${before + 1}.`,
    ja: `${node} のタイムラインは ${now} で、${before + 1} ではありません。`,
  });
}

const writesAgain = (node: string) =>
  fail('fence-failed', { en: `${node} takes writes again.`, ja: `${node} が再び書き込みを受け付けています。` });

const nobodyThere = (node: string) =>
  fail('promotion-failed', { en: `${node} does not answer as it should.`, ja: `${node} が想定どおり応答しません。` });

export async function commitFirst(ports: Ports, input: Input<'commitPostgres'>, signal?: AbortSignal) {
  const target = postgresTarget(ports, input.target);
  const node = nodeOf(target, input.node);
  const report = await ports.postgres.look(node, target, signal);
  if (isPrimary(report) && commitsHang(report)) return { waitsFor: report.role.synchronous };
  return { ms: Math.round(await ports.postgres.commit(node, target, signal)) };
}
