/** What is wrong with a PostgreSQL cluster, found by looking: each drift that would make a failover fail, or cost data. */
import { judgeCertificates } from '../certificate.ts';
import { judgeSilence } from '../silent-node.ts';
import { size } from '../sizes.ts';
import { canPromote, chooseStandby, strangerTo, type NodeStates } from './can-promote.ts';
import { judgePrimary } from './judge-primary.ts';
import { judgeStandby } from './judge-standby.ts';
import type { ClusterLimits } from './limits.ts';
import { isLive, isPrimary, isStandby, majorOf, type LiveNode, type NodeReport, type Primary } from './node-report.ts';
import { symptom, type Symptom } from '../symptom.ts';

/** Nothing for a cluster that is well. In the order in which a person would ask. */
export function judgeCluster(reports: readonly NodeReport[], limits: ClusterLimits, states: NodeStates = new Map()): Symptom[] {
  const primaries = reports.filter(isPrimary);
  const primary = primaries.length === 1 ? primaries[0] : undefined;
  return [
    ...reports.flatMap((report) => (isLive(report) ? [] : [judgeSilence(report)])),
    ...judgePrimaries(primaries),
    ...judgeKinship(reports),
    ...judgeClocks(reports.filter(isLive)),
    ...(primary === undefined ? [] : judgePrimary(primary, limits)),
    ...reports.filter(isStandby).flatMap((standby) => judgeStandby(standby, primary, limits)),
    ...judgeRoom(states, limits),
    ...judgeSetAside(states, reports.filter(isLive)),
    ...judgeCertificates(reports.filter(isLive), limits.certificateDays),
    ...judgeSuccession(reports, states),
  ];
}

function judgePrimaries(primaries: readonly Primary[]): Symptom[] {
  if (primaries.length === 1) return [];
  if (primaries.length === 0) {
    return [symptom('no-primary', 'No node that answers takes writes.', '応答するノードの中に書き込み可能なものがありません。')];
  }
  const names = primaries.map(({ node, timeline }) => `${node} (timeline ${timeline})`).join(', ');
  return [
    symptom(
      'two-primaries',
      `${names} all take writes: what is written to one is missing in the other.`,
      `${names} が同時に書き込みを受け付けています。データが分岐しています。`,
      { nodes: primaries.map(({ node, timeline, role }) => ({ node, timeline, position: role.position })) },
    ),
  ];
}

/** Nodes that are no copies of one another: by mistake in the inventory, or set up anew. */
function judgeKinship(reports: readonly NodeReport[]): Symptom[] {
  const [first, ...others] = reports.filter(isLive);
  if (first === undefined) return [];
  const symptoms: Symptom[] = [];
  const stranger = strangerTo(first, others);
  if (stranger) {
    symptoms.push(
      symptom(
        'strangers',
        `${stranger.node} is no copy of ${first.node}: their system identifiers differ.`,
        `${stranger.node} は ${first.node} の複製ではありません(システム識別子が異なります)。`,
        { [first.node]: first.systemId, [stranger.node]: stranger.systemId },
      ),
    );
  }
  const other = others.find((one) => majorOf(one) !== majorOf(first));
  if (other) {
    symptoms.push(
      symptom(
        'versions-differ',
        `${first.node} is PostgreSQL ${majorOf(first)}, ${other.node} ${majorOf(other)}: neither can stand in for the other.`,
        `${first.node} は PostgreSQL ${majorOf(first)}、${other.node} は ${majorOf(other)} で、互いに代替できません。`,
      ),
    );
  }
  return symptoms;
}

/** They are asked at the same moment, and the slowest answers within 2 s. */
const clocksApartMs = 5_000;

/** Times of commits are compared across nodes: with clocks apart, seconds of loss mean nothing. */
function judgeClocks(nodes: readonly LiveNode[]): Symptom[] {
  const byClock = nodes.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  const [slow, fast] = [byClock[0], byClock.at(-1)];
  const ms = slow && fast ? Date.parse(fast.at) - Date.parse(slow.at) : 0;
  if (ms <= clocksApartMs) return [];
  const seconds = Math.round(ms / 1_000);
  return [
    symptom(
      'clocks-differ',
      `The clock of ${fast!.node} is ${seconds} s ahead of that of ${slow!.node}.`,
      `${fast!.node} の時計は ${slow!.node} より ${seconds} 秒進んでいます。`,
      { [slow!.node]: slow!.at, [fast!.node]: fast!.at },
    ),
  ];
}

/** A primary without room stops, a standby receives nothing any more. */
const judgeRoom = (states: NodeStates, { roomBytes }: ClusterLimits): Symptom[] =>
  [...states].flatMap(([node, { roomBytes: room }]) =>
    room === undefined || room >= roomBytes
      ? []
      : [
          symptom(
            'disk-full',
            `The disk of ${node} has room for ${size(room)}; at least ${size(roomBytes)} are well.`,
            `${node} のディスクの空きは ${size(room)} です(必要 ${size(roomBytes)})。`,
            { node, bytes: room, limit: roomBytes },
          ),
        ],
  );

/** Long enough that everybody has seen whether the recovered database is the right one. */
const keptForDays = 7;

/** A whole database lies there, and nobody but a person lets go of it. By the clock of the servers. */
function judgeSetAside(states: NodeStates, nodes: readonly LiveNode[]): Symptom[] {
  const now = Math.max(...nodes.map(({ at }) => Date.parse(at)));
  return [...states].flatMap(([node, { setAside = [] }]) =>
    setAside
      .filter(({ since }) => now - Date.parse(since) > keptForDays * 86_400_000)
      .map(({ path, since }) =>
        symptom(
          'database-set-aside',
          `${node} keeps ${path}, which a recovery replaced on ${since.slice(0, 10)}: remove it when nobody wants it back.`,
          `${node} に ${since.slice(0, 10)} の復旧で置き換えた ${path} が残っています。不要なら削除してください。`,
          { node, path, since },
        ),
      ),
  );
}

/** A standby that may not take over is none. A single server has nobody to take over, and was declared so. */
function judgeSuccession(reports: readonly NodeReport[], states: NodeStates): Symptom[] {
  if (reports.length < 2) return [];
  const unable = reports.filter(isStandby).map((standby) => canPromote(standby, reports, states));
  const symptoms = unable.filter(({ ok }) => !ok).map(({ sentence }) => symptom('may-not-take-over', sentence.en, sentence.ja));
  if (chooseStandby(reports, states)) return symptoms;
  return [
    ...symptoms,
    symptom(
      'nobody-to-promote',
      'If the primary died now, no node could take over.',
      '今プライマリが停止しても、引き継げるノードがありません。',
    ),
  ];
}
