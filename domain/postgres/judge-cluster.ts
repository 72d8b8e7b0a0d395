/** What is wrong with a PostgreSQL cluster, found by looking: each drift that would make a failover fail, or cost data. */
import { judgeSilence } from '../silent-node.ts';
import { canPromote, chooseStandby, strangerTo } from './can-promote.ts';
import { judgePrimary } from './judge-primary.ts';
import { judgeStandby } from './judge-standby.ts';
import type { ClusterLimits } from './limits.ts';
import { isLive, isPrimary, isStandby, majorOf, type NodeReport, type Primary } from './node-report.ts';
import { symptom, type Symptom } from '../symptom.ts';

/** Nothing for a cluster that is well. In the order in which a person would ask. */
export function judgeCluster(reports: readonly NodeReport[], limits: ClusterLimits): Symptom[] {
  const primaries = reports.filter(isPrimary);
  const primary = primaries.length === 1 ? primaries[0] : undefined;
  return [
    ...reports.flatMap((report) => (isLive(report) ? [] : [judgeSilence(report)])),
    ...judgePrimaries(primaries),
    ...judgeKinship(reports),
    ...(primary === undefined ? [] : judgePrimary(primary, limits)),
    ...reports.filter(isStandby).flatMap((standby) => judgeStandby(standby, primary, limits)),
    ...judgeSuccession(reports),
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

/** A standby that may not take over is none. A single server has nobody to take over, and was declared so. */
function judgeSuccession(reports: readonly NodeReport[]): Symptom[] {
  if (reports.length < 2) return [];
  const unable = reports.filter(isStandby).map((standby) => canPromote(standby, reports));
  const symptoms = unable.filter(({ ok }) => !ok).map(({ sentence }) => symptom('may-not-take-over', sentence.en, sentence.ja));
  if (chooseStandby(reports)) return symptoms;
  return [
    ...symptoms,
    symptom(
      'nobody-to-promote',
      'If the primary died now, no node could take over.',
      '今プライマリが停止しても、引き継げるノードがありません。',
    ),
  ];
}
