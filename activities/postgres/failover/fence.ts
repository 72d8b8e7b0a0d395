/** The fence: nodes that may take writes are stopped and come up as standbys only; undone, they are as they were. */
import { fail } from '../../../domain/fail.ts';
import { headOfFence, isSameSituation, planFence, type FencePlan } from '../../../domain/postgres/fence-plan.ts';
import { isPrimary } from '../../../domain/postgres/node-report.ts';
import { proveFence } from '../../../domain/postgres/prove-fence.ts';
import type { ClusterView, FailoverWish } from '../../../domain/postgres/cluster-view.ts';
import { decideSituation, type Situation, type Suspect } from '../../../domain/postgres/situation.ts';
import type { Plan } from '../../../domain/recovery.ts';
import type { Check } from '../../../domain/verification.ts';
import { viewCluster, withControl } from '../cluster-view.ts';
import { lookTwice } from '../look-twice.ts';
import { postgresTarget, type PostgresTarget } from '../target.ts';
import type { ControlledNode } from '../../ports/node-control.ts';
import type { Ports } from '../../ports/index.ts';
import { checkedName } from '../../records/checked-name.ts';
import { keepWholePlan, readWholePlan } from '../../records/plans.ts';
import type { PostgresFailoverActivities } from './interface.ts';
import { orFail } from '../../said-by-node.ts';
import { readTakeOver } from './take-over-record.ts';

type Input<Name extends keyof PostgresFailoverActivities> = Parameters<PostgresFailoverActivities[Name]>[0];

export async function planFenceOf(ports: Ports, input: Input<'planPostgresFence'>, signal?: AbortSignal): Promise<Plan> {
  const target = postgresTarget(ports, input.target);
  const situation = situationIn(await viewCluster(ports, target, signal), input.wish);
  const plan = planFence(target.id, target.nodes.length, input.wish, situation);
  return headOfFence(plan, await keepWholePlan(ports.records, checkedName(input.recovery), plan));
}

function situationIn(view: ClusterView, wish: FailoverWish): Situation {
  const decision = decideSituation(view, wish);
  if (!decision.ok) throw fail(decision.code, decision.sentence);
  return decision.situation;
}

/** A machine that could not be asked when it was planned may answer by now: its node is stopped too. */
export async function applyFence(ports: Ports, input: Input<'applyPostgresFence'>, signal?: AbortSignal) {
  const target = postgresTarget(ports, input.target);
  const plan = await readFencePlan(ports, target, input.plan);
  const view = await viewCluster(ports, target, signal);
  const isBegun = plan.suspects.some(({ node }) => view.states.get(node)?.fencedBy === input.recovery);
  if (!isBegun && !isSameSituation(plan, situationIn(view, plan.wish))) {
    throw fail('plan-changed', {
      en: 'The cluster is no longer as the plan saw it.',
      ja: 'クラスターの状態が計画時から変わりました。',
    });
  }
  const within = ({ node, seen, hasControl }: Suspect): boolean => hasControl || (seen === 'unknown' && view.states.has(node));
  const nodes = controlled(target, plan, within);
  await prepareSwitchover(ports, target, plan);
  const isStopped = await Promise.all(
    nodes.map((node) => orFail('fence-failed', node.id, () => ports.nodeControl.fence(node, input.recovery, signal))),
  );
  const fenced = nodes.filter((_, n) => isStopped[n]).map(({ id }) => id);
  return { fenced, beyondReach: plan.suspects.map(({ node }) => node).filter((node) => !fenced.includes(node)) };
}

/** A server that goes writes everything out first: done ahead, nobody waits for it. Only sooner, never needed. */
async function prepareSwitchover(ports: Ports, target: PostgresTarget, { wish, suspects }: FencePlan): Promise<void> {
  if (wish.mode !== 'switchover') return;
  const writing = target.nodes.filter(({ id }) => suspects.some(({ node, seen }) => node === id && seen === 'primary'));
  await Promise.all(writing.map((node) => ports.postgres.checkpoint(node, target).catch(() => undefined)));
}

/**
 * What ran, or was frozen, is started again. Where another one has taken over, or may be about to, the fence stays: a second
 * primary is worse than none.
 */
export async function undoFence(ports: Ports, input: Input<'undoPostgresFence'>, signal?: AbortSignal) {
  const target = postgresTarget(ports, input.target);
  const plan = await readFencePlan(ports, target, input.plan);
  const { reports, states } = await viewCluster(ports, target, signal);
  const isOurs = ({ node, hasControl }: Suspect): boolean => hasControl || states.get(node)?.fencedBy === input.recovery;
  const nodes = controlled(target, plan, isOurs);
  const fenced = nodes.map(({ id }) => id);
  if (await readTakeOver(ports, target.id, input.recovery)) return { started: [], stays: fenced };
  const others = reports.filter(isPrimary).filter(({ node }) => !fenced.includes(node));
  if (others.length > 0) return { started: [], stays: fenced };
  const started: string[] = [];
  for (const node of nodes) {
    const ran = plan.suspects.some((one) => one.node === node.id && one.seen !== 'gone');
    await orFail('fence-failed', node.id, () => ports.nodeControl.unfence(node, input.recovery));
    if (!ran) continue;
    await orFail('fence-failed', node.id, () => ports.nodeControl.start(node, signal));
    started.push(node.id);
  }
  return { started, stays: [] };
}

export async function proveFenceOf(ports: Ports, input: Input<'provePostgresFence'>, signal?: AbortSignal): Promise<Check[]> {
  const target = postgresTarget(ports, input.target);
  const plan = await readFencePlan(ports, target, input.plan);
  const suspected = plan.suspects.map(({ node }) => node);
  return lookTwice(async () => proveFence(await viewCluster(ports, target, signal), plan.successor, suspected));
}

/** A kept plan of a fence, for this target. Fails: plan-changed. */
export const readFencePlan = (ports: Ports, target: PostgresTarget, ref: string): Promise<FencePlan> =>
  readWholePlan<FencePlan>(ports.records, ref, target.id, 'suspects');

function controlled({ nodes }: PostgresTarget, plan: FencePlan, which: (suspect: Suspect) => boolean): ControlledNode[] {
  const suspects = plan.suspects.filter(which).map(({ node }) => node);
  return nodes.filter(({ id }) => suspects.includes(id)).flatMap((node) => withControl(node) ?? []);
}
