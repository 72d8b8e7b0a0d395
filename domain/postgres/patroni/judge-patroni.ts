/** What is wrong with Patroni, or between it and what the servers say: each makes it elect nobody, or the wrong one. */
import { judgeCertificates } from '../../certificate.ts';
import { symptom, type Symptom } from '../../symptom.ts';
import { isPrimary, type NodeReport } from '../node-report.ts';
import type { ClusterView } from '../cluster-view.ts';
import type { PatroniView } from './patroni-view.ts';

/** Nothing where all is well. `servers` are those of the inventory that count. */
export function judgePatroni(
  view: PatroniView,
  servers: readonly NodeReport[],
  { certificateDays }: Pick<ClusterView['limits'], 'certificateDays'>,
): Symptom[] {
  const nodes = servers.map(({ node }) => node);
  const counted = view.reports.filter(({ node }) => nodes.includes(node));
  return [
    ...counted.flatMap((report) => judgeApi(report)),
    ...judgeCertificates(
      counted.map((report) => ({ ...report, node: `Patroni of ${report.node}` })),
      certificateDays,
    ),
    ...judgeLeader(
      view,
      servers.filter(isPrimary).map(({ node }) => node),
    ),
    ...judgeMembers(view, nodes),
    ...judgeMode(view),
  ];
}

function judgeApi(report: PatroniView['reports'][number]): Symptom[] {
  const { node } = report;
  if (!report.answers) {
    const { said } = report;
    return [
      symptom('patroni-silent', `Patroni of ${node} does not answer: ${said}`, `${node} の Patroni が応答しません: ${said}`, {
        node,
      }),
    ];
  }
  const store = symptom(
    'patroni-store',
    `Patroni of ${node} does not reach its configuration store: nobody is elected, and a leader steps down.`,
    `${node} の Patroni が設定ストア(DCS)に接続できません。選出は行われず、リーダーは降格します。`,
    { node },
  );
  const restart = symptom('restart-pending', `Settings of ${node} wait for a restart.`, `${node} の設定変更が再起動待ちです。`, {
    node,
  });
  return [...(report.cluster ? [] : [store]), ...(report.isRestartPending ? [restart] : [])];
}

function judgeLeader({ leader }: PatroniView, primaries: readonly string[]): Symptom[] {
  if (leader === undefined) return [];
  if (leader === null) {
    return [
      symptom(
        'patroni-no-leader',
        'Patroni knows no leader: nobody holds its lock.',
        'Patroni にリーダーがいません(ロック保持者なし)。',
      ),
    ];
  }
  const other = primaries.find((node) => node !== leader);
  if (other === undefined) return [];
  return [
    symptom(
      'patroni-disagrees',
      `${other} takes writes, and by Patroni ${leader} leads.`,
      `${other} が書き込みを受け付けていますが、Patroni のリーダーは ${leader} です。`,
      { leader, takesWrites: primaries },
    ),
  ];
}

function judgeMembers({ cluster, members }: PatroniView, nodes: readonly string[]): Symptom[] {
  if (cluster === undefined) return [];
  const names = members.map(({ name }) => name);
  return [
    ...nodes
      .filter((node) => !names.includes(node))
      .map((node) =>
        symptom('patroni-member-missing', `Patroni does not know ${node}.`, `Patroni に ${node} が登録されていません。`, {
          node,
        }),
      ),
    ...members
      .filter(({ mayLead }) => !mayLead)
      .map(({ name }) =>
        symptom('may-not-lead', `Patroni never elects ${name} (nofailover).`, `${name} は選出対象外です(nofailover)。`, {
          node: name,
        }),
      ),
    ...members
      .filter(({ lag }) => lag !== null && lag > cluster.maximumLag)
      .map(({ name, lag }) =>
        symptom(
          'beyond-maximum-lag',
          `${name} lacks more than maximum_lag_on_failover: Patroni would not elect it.`,
          `${name} の遅延が maximum_lag_on_failover を超えており、選出されません。`,
          { node: name, bytes: lag, limit: cluster.maximumLag },
        ),
      ),
  ];
}

function judgeMode({ cluster }: PatroniView): Symptom[] {
  if (cluster === undefined) return [];
  const paused = symptom(
    'patroni-paused',
    'Patroni is paused: if the primary died now, it would elect nobody.',
    'Patroni は一時停止中(pause)です。今プライマリが停止しても選出は行われません。',
  );
  const scheduled = symptom(
    'patroni-scheduled',
    'A switchover of Patroni is scheduled.',
    'Patroni の切り替えが予約されています。',
  );
  return [...(cluster.isPaused ? [paused] : []), ...(cluster.isSwitchoverScheduled ? [scheduled] : [])];
}
