/** Makes a node a standby of the new primary: by telling it whom to follow, by rewinding it, or by a new copy. */
import { fail } from '../../../domain/fail.ts';
import { lacksLog } from '../../../domain/postgres/can-promote.ts';
import { isLive, isPrimary, isStandby, type NodeReport } from '../../../domain/postgres/node-report.ts';
import { slotFor } from '../../../domain/postgres/slot-name.ts';
import type { Text } from '../../../domain/text.ts';
import { stateOf, withMachine } from '../cluster-view.ts';
import { nodeOf, postgresTarget, type PostgresTarget } from '../target.ts';
import type { MachineNode } from '../../ports/node-control.ts';
import type { Ports } from '../../ports/index.ts';
import type { PostgresNode } from '../../ports/postgres.ts';
import type { SetupProgress, Source } from '../../ports/standby-setup.ts';
import type { PostgresFailoverActivities, Rejoined } from './interface.ts';
import { keepLostLog } from './keep-lost-log.ts';
import { leaveToPatroni } from '../patroni/leave-to-patroni.ts';
import { withPatroni } from '../patroni/view-patroni.ts';
import { orFail } from '../../said-by-node.ts';
import { findTakeOver } from './take-over-record.ts';

type Input = Parameters<PostgresFailoverActivities['rejoinPostgres']>[0];

export interface Rejoin extends Input {
  readonly cluster: PostgresTarget;
  readonly server: PostgresNode;
  readonly source: PostgresNode;
}

/** A standby that was told whom to follow does so at once; one that has to fetch and replay first may take long. */
const followMs = 15_000;
const catchUpMs = 60_000;
/** Its own archive may still have what the primary has not, and one that is gone may be about to be started. */
const hopelessMs = 5_000;
const lookEveryMs = 100;

export async function rejoin(ports: Ports, input: Input, signal?: AbortSignal): Promise<Rejoined> {
  const cluster = postgresTarget(ports, input.target);
  const work = { ...input, cluster, server: nodeOf(cluster, input.node), source: nodeOf(cluster, input.primary) };
  const report = await ports.postgres.look(work.server, cluster, signal);
  if (isPrimary(report)) {
    throw fail('two-primaries', {
      en: `${input.node} takes writes beside ${input.primary}.`,
      ja: `${input.node} が ${input.primary} と同時に書き込みを受け付けています。`,
    });
  }
  const managed = withPatroni(work.server);
  if (managed) return leaveToPatroni(ports, work, managed, { streams: (ms) => streams(ports, work, ms, signal), signal });
  const node = withMachine(work.server);
  if (node === undefined || !(await isWithinReach(ports, node))) return leaveAlone(ports, work, signal);
  return orFail('rejoin-failed', input.node, () => bringBack(ports, work, node, report, signal));
}

/** While its files are being exchanged for others its machine has nothing to say of it. */
async function isWithinReach(ports: Ports, node: MachineNode): Promise<boolean> {
  if ((await ports.standbySetup.readProgress(node)) === 'rebuilt') return true;
  return ports.nodeControl.state(node).then(
    () => true,
    () => false,
  );
}

/** What nobody here can tell whom to follow, may know by itself: by a name that moves with the primary. */
async function leaveAlone(ports: Ports, work: Rejoin, signal?: AbortSignal): Promise<Rejoined> {
  if (await streams(ports, work, followMs, signal)) return { how: 'already' };
  throw fail('rejoin-failed', howByHand(work));
}

function howByHand({ node, primary, server: { control } }: Rejoin): Text {
  if (control?.kind !== 'kubernetes') {
    return {
      en: `${node} does not follow ${primary}, and its machine cannot be told to.`,
      ja: `${node} は ${primary} に追従しておらず、そのマシンを操作する手段もありません。`,
    };
  }
  const set = `${control.namespace}/${control.statefulSet}`;
  return {
    en: `${node} does not follow ${primary}, and its volume is not written from here: have it made a standby of ${primary} there, then take the fence, where one stands, out of the StatefulSet ${set}, as docs/postgres.md says.`,
    ja: `${node} は ${primary} に追従しておらず、そのボリュームはここから書けません。${primary} のスタンバイにしたうえで、StatefulSet ${set} にフェンスがあれば docs/postgres.md の手順で外してください。`,
  };
}

async function bringBack(
  ports: Ports,
  work: Rejoin,
  node: MachineNode,
  report: NodeReport,
  signal?: AbortSignal,
): Promise<Rejoined> {
  const { cluster } = work;
  const progress = await ports.standbySetup.readProgress(node);
  if (isStandby(report) && progress === 'none' && (await followsAnother(ports, work, node))) {
    return leaveAlone(ports, work, signal);
  }
  const { replication } = cluster.roles;
  if (replication === undefined) throw new Error('the inventory names no role for replication');
  const slot = slotFor(node.id, (await ports.standbySetup.readSource(node)).slot);
  await ports.postgres.keepSlot(work.source, cluster, slot, signal);
  const { host, port, serverName } = work.source;
  const { database, tls } = cluster;
  const source: Source = { ...replication, host, port, serverName, tls, database, slot };

  if (isStandby(report)) {
    await ports.standbySetup.follow(node, source);
    if (await streams(ports, work, followMs, signal)) return settled(ports, work, node, { how: doneBy[progress] });
  }
  const done = await setUp(ports, work, { node, source, progress }, signal);
  await ports.standbySetup.follow(node, source);
  await ports.nodeControl.start(node, signal);
  if (!(await streams(ports, work, catchUpMs, signal))) {
    const last = await ports.postgres.look(work.server, cluster, signal);
    throw new Error(`it does not receive the log of ${work.primary}${isLive(last) ? '' : `: ${last.said}`}`);
  }
  return settled(ports, work, node, done);
}

const doneBy: Readonly<Record<SetupProgress, Rejoined['how']>> = {
  none: 'followed',
  rewinding: 'rebuilt',
  rewound: 'rewound',
  rebuilt: 'rebuilt',
};

/** A standby of a standby, which gets the log of the new primary all the same. Whoever followed the old primary is no such one. */
async function followsAnother(ports: Ports, work: Rejoin, node: MachineNode): Promise<boolean> {
  const { cluster, primary, timeline } = work;
  const { upstream } = await ports.standbySetup.readSource(node);
  const other = cluster.nodes.find(({ host, port }) => host === upstream?.host && port === upstream.port);
  if (other === undefined || other.id === node.id) return false;
  if (other.id === primary) return true;
  const takeOver = await findTakeOver(ports, work.target, { node: primary, timeline: timeline - 1 });
  return takeOver?.fenced.includes(other.id) === false && isStandby(await ports.postgres.look(other, cluster));
}

interface SetUp {
  readonly node: MachineNode;
  readonly source: Source;
  readonly progress: SetupProgress;
}

/** Nothing is taken back that was not copied: what only this node has is kept first, and where that cannot be read, all its files. */
async function setUp(ports: Ports, work: Rejoin, { node, source, progress }: SetUp, signal?: AbortSignal): Promise<Rejoined> {
  if (progress === 'rewound') return { how: 'rewound' };
  const rebuild = async (): Promise<Rejoined> => ({
    how: 'rebuilt',
    keptFiles: await ports.standbySetup.rebuild(node, source, work.recovery.slice(-12), signal),
  });
  if (progress !== 'none') return rebuild();
  await ports.nodeControl.fence(node, work.recovery, signal);
  const kept = await keepLostLog(ports, work, node, signal);
  if (kept === undefined) return rebuild();
  await ports.postgres.checkpoint(work.source, work.cluster, signal);
  try {
    await ports.standbySetup.rewind(node, source, signal);
    return { how: 'rewound', ...kept };
  } catch (error) {
    if (signal?.aborted) throw error;
    return { ...(await rebuild()), ...kept };
  }
}

async function settled(ports: Ports, work: Rejoin, node: MachineNode, done: Rejoined): Promise<Rejoined> {
  await ports.standbySetup.finish(node);
  // From when it was the primary itself: as a standby it would keep its log for nobody.
  const slots = work.cluster.nodes.map(({ id }) => slotFor(id, null));
  const reports = await Promise.all(work.cluster.nodes.map((one) => ports.postgres.look(one, work.cluster)));
  const named = reports.flatMap((report) => (isLive(report) && report.role.slot !== null ? [report.role.slot] : []));
  await ports.postgres.dropUnusedSlots(work.server, work.cluster, [...slots, ...named]);
  return done;
}

/** Whether it receives the log of the new timeline within so many milliseconds. */
async function streams(ports: Ports, work: Rejoin, ms: number, signal?: AbortSignal): Promise<boolean> {
  const { server, source, cluster, timeline } = work;
  for (const from = performance.now(); ;) {
    const report = await ports.postgres.look(server, cluster, signal);
    if (isStandby(report) && report.role.isStreaming && report.timeline >= timeline) return true;
    const limit = (await isHopeless(report)) ? hopelessMs : ms;
    if (performance.now() - from > limit || signal?.aborted) return false;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }

  async function isHopeless(report: NodeReport): Promise<boolean> {
    if (!isLive(report)) return (await stateOf(ports, server))?.processes === 'gone';
    const primary = await ports.postgres.look(source, cluster, signal);
    return isStandby(report) && isPrimary(primary) && lacksLog(report, primary);
  }
}
