/** The cut-over itself: the database of the moment takes the place of the old one and takes writes, on a timeline of its own; and back. */
import { fail } from '../../../domain/fail.ts';
import { isPast, nameOfKept, type Moment } from '../../../domain/postgres/moment.ts';
import { isPrimary } from '../../../domain/postgres/node-report.ts';
import { backedUpPostgres, type BackedUpPostgres } from '../../postgres-backups/target.ts';
import type { Ports } from '../../ports/index.ts';
import type { MachineNode } from '../../ports/node-control.ts';
import { checkedName } from '../../records/checked-name.ts';
import { withMachine } from '../cluster-view.ts';
import { orFail } from '../../said-by-node.ts';
import { nodeOf } from '../target.ts';
import { readCutOver } from './cut-over.ts';
import type { PostgresPitrActivities, Seated } from './interface.ts';
import { readMoment } from './moment-record.ts';
import { openCopy } from './restored-copy.ts';
import { promote, untilPrimary } from './seated-server.ts';

type Input = Parameters<PostgresPitrActivities['seatPostgres']>[0];

export async function seat(ports: Ports, input: Input, signal?: AbortSignal): Promise<Seated> {
  const { target, node, moment } = await read(ports, input);
  await refuseWriters(ports, target, node.id, signal);
  const name = nameOfKept(checkedName(input.recovery));
  const said = <T>(work: () => Promise<T>): Promise<T> => orFail('cut-over-failed', node.id, work);
  const isDone = (await ports.dataExchange.state(node, name)) === 'done';
  if (!isDone) await said(() => exchange(ports, target, { node, moment, name }, signal));
  await said(() => ports.dataExchange.resume(node, name));
  await said(() => ports.nodeControl.start(node, signal));
  const server = { ports, target, node, signal };
  const timeline = isPast(moment) ? await untilPrimary(server) : await promote(server);
  if (timeline <= (await said(() => ports.dataExchange.timelineBefore(node, name)))) throw beyond(node.id, timeline);
  await said(() => ports.dataExchange.settle(node));
  return { node: node.id, timeline, kept: ports.dataExchange.kept(node, name) };
}

interface Exchange {
  readonly node: MachineNode;
  readonly moment: Moment;
  readonly name: string;
}

async function exchange(ports: Ports, target: BackedUpPostgres, { node, moment, name }: Exchange, signal?: AbortSignal) {
  if (!isPast(moment)) {
    await ports.dataExchange.exchange(node, ports.dataExchange.kept(node, nameOfKept(moment.previous)), name);
    return;
  }
  const folder = await openCopy(ports, target);
  await ports.scratchServers.stop(folder, signal);
  await ports.dataExchange.exchange(node, folder.data, name);
}

export async function unseat(ports: Ports, input: Input, signal?: AbortSignal): Promise<{ back: boolean }> {
  const { target, node } = await read(ports, input);
  const name = nameOfKept(checkedName(input.recovery));
  const said = <T>(work: () => Promise<T>): Promise<T> => orFail('cut-over-failed', node.id, work);
  if (!(await said(() => ports.dataExchange.takeBack(node, name)))) return { back: false };
  await said(() => ports.nodeControl.start(node, signal));
  await promote({ ports, target, node, signal });
  await said(() => ports.dataExchange.settle(node));
  return { back: true };
}

async function read(ports: Ports, input: Input): Promise<{ target: BackedUpPostgres; node: MachineNode; moment: Moment }> {
  const target = backedUpPostgres(ports, input.target);
  const plan = await readCutOver(ports, target, input.plan);
  const node = withMachine(nodeOf(target, plan.seat));
  if (node?.control.kind !== 'local') {
    throw fail('plan-changed', { en: `${plan.seat} has no control here.`, ja: `${plan.seat} をここから操作できません。` });
  }
  return { target, node, moment: await readMoment(ports, target, plan.moment) };
}

/** People may have taken their time since the proof. */
async function refuseWriters(ports: Ports, target: BackedUpPostgres, own: string, signal?: AbortSignal): Promise<void> {
  const others = target.nodes.filter(({ id }) => id !== own);
  const reports = await Promise.all(others.map((node) => ports.postgres.look(node, target, signal)));
  const [writer] = reports.filter(isPrimary);
  if (writer === undefined) return;
  throw fail('fence-failed', {
    en: `${writer.node} takes writes again.`,
    ja: `${writer.node} が再び書き込みを受け付けています。`,
  });
}

/** As `resume` of the exchange tells; whoever else started it was sooner. */
const beyond = (node: string, timeline: number) =>
  fail('cut-over-failed', {
    en: `${node} died when it had reached the moment, was started again, and went beyond it, still on timeline ${timeline}. Roll back: the database of before is kept. Then start the recovery anew.`,
    ja: `${node} は目的の時点に到達した直後に停止し、再起動によりその先まで進みました(タイムライン ${timeline} のまま)。元のデータベースは保管されています。ロールバックして復旧をやり直してください。`,
  });
