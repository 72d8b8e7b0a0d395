/** The stop before a cut-over: every node is stopped, and proven to take no writes, before another database takes the place of theirs. */
import { fail } from '../../../domain/fail.ts';
import { headOfCutOver, isAsPlanned, planCutOver, stopsIn, type CutOver } from '../../../domain/postgres/cut-over-plan.ts';
import { isPast, type Moment } from '../../../domain/postgres/moment.ts';
import { isPrimary } from '../../../domain/postgres/node-report.ts';
import { proveFence } from '../../../domain/postgres/prove-fence.ts';
import type { ClusterView } from '../../../domain/postgres/cluster-view.ts';
import type { Plan } from '../../../domain/recovery.ts';
import type { Check } from '../../../domain/verification.ts';
import { backedUpPostgres, type BackedUpPostgres } from '../../postgres-backups/target.ts';
import type { Ports } from '../../ports/index.ts';
import type { ControlledNode } from '../../ports/node-control.ts';
import { checkedName } from '../../records/checked-name.ts';
import { keepWholePlan, readWholePlan } from '../../records/plans.ts';
import { viewCluster, withControl, withMachine } from '../cluster-view.ts';
import { lookTwice } from '../look-twice.ts';
import { orFail } from '../../said-by-node.ts';
import { readDifference } from './compare-copy.ts';
import type { PostgresPitrActivities } from './interface.ts';
import { readMoment } from './moment-record.ts';

type Input<Name extends keyof PostgresPitrActivities> = Parameters<PostgresPitrActivities[Name]>[0];

export async function planCutOverOf(ports: Ports, input: Input<'planPostgresCutOver'>, signal?: AbortSignal): Promise<Plan> {
  const target = backedUpPostgres(ports, input.target);
  const moment = await readMoment(ports, target, input.moment);
  const view = await viewCluster(ports, target, signal);
  const plan = planCutOver({
    target: target.id,
    moment: input.moment,
    goes: moment.sentence,
    seat: await chooseSeat(ports, target, view, moment),
    stops: stopsIn(view),
    difference: input.comparison === undefined ? null : await readDifference(ports, target, input.comparison),
  });
  return headOfCutOver(plan, await keepWholePlan(ports.records, checkedName(input.recovery), plan));
}

/** The primary, where its directory is on this machine; otherwise another node that has it here. */
async function chooseSeat(ports: Ports, target: BackedUpPostgres, view: ClusterView, moment: Moment): Promise<string> {
  const primaries = view.reports.filter(isPrimary).map(({ node }) => node);
  const here = target.nodes.filter(({ id, control }) => control?.kind === 'local' && view.states.has(id));
  const seat = isPast(moment)
    ? (here.find(({ id }) => primaries.includes(id)) ?? here[0])
    : here.find(({ id }) => id === moment.node);
  const node = seat && withMachine(seat);
  if (node === undefined) {
    throw refused(
      'no node of it has its data directory where this worker runs',
      'このワーカーのマシンにデータディレクトリを持つノードがありません',
    );
  }
  const why = await ports.dataExchange.whyNot(node);
  if (why !== undefined) throw refused(why, why);
  return node.id;
}

const refused = (en: string, ja: string) =>
  fail('cut-over-refused', {
    en: `The database cannot be replaced: ${en}.`,
    ja: `データベースを置き換えられません: ${ja}。`,
  });

export async function stopAll(ports: Ports, input: Input<'applyPostgresCutOver'>, signal?: AbortSignal) {
  const target = backedUpPostgres(ports, input.target);
  const plan = await readCutOver(ports, target, input.plan);
  const view = await viewCluster(ports, target, signal);
  const isBegun = [...view.states.values()].some(({ fencedBy }) => fencedBy === input.recovery);
  if (!isBegun && !isAsPlanned(plan, stopsIn(view))) {
    throw fail('plan-changed', {
      en: 'The cluster is no longer as the plan saw it.',
      ja: 'クラスターの状態が計画時から変わりました。',
    });
  }
  const nodes = controlled(target, plan);
  const isStopped = await Promise.all(
    nodes.map((node) => orFail('fence-failed', node.id, () => ports.nodeControl.fence(node, input.recovery, signal))),
  );
  const stopped = nodes.filter((_, n) => isStopped[n]).map(({ id }) => id);
  return { stopped, beyondReach: plan.stops.map(({ node }) => node).filter((node) => !stopped.includes(node)) };
}

export async function startAgain(ports: Ports, input: Input<'undoPostgresCutOver'>, signal?: AbortSignal) {
  const target = backedUpPostgres(ports, input.target);
  const plan = await readCutOver(ports, target, input.plan);
  const started: string[] = [];
  for (const node of controlled(target, plan)) {
    await orFail('fence-failed', node.id, () => ports.nodeControl.unfence(node, input.recovery));
    if (plan.stops.some(({ node: id, seen }) => id === node.id && seen === 'gone')) continue;
    await orFail('fence-failed', node.id, () => ports.nodeControl.start(node, signal));
    started.push(node.id);
  }
  return { started };
}

/** A standby that nobody can stop takes no writes. */
export async function proveStopped(ports: Ports, input: Input<'provePostgresStopped'>, signal?: AbortSignal): Promise<Check[]> {
  const target = backedUpPostgres(ports, input.target);
  const { stops } = await readCutOver(ports, target, input.plan);
  const nobody = '';
  const stopped = stops.map(({ node }) => node);
  return lookTwice(async () => proveFence(await viewCluster(ports, target, signal), nobody, stopped));
}

/** A kept plan of a cut-over, for this target. Fails: plan-changed. */
export const readCutOver = (ports: Ports, { id }: BackedUpPostgres, ref: string): Promise<CutOver> =>
  readWholePlan<CutOver>(ports.records, ref, id, 'stops');

const controlled = ({ nodes }: BackedUpPostgres, { stops }: CutOver): ControlledNode[] =>
  nodes
    .filter(({ id }) => stops.some(({ node, hasControl }) => node === id && hasControl))
    .flatMap((node) => withControl(node) ?? []);
