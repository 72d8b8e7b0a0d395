/** What is wrong with a master and its replicas, found by looking: each drift that would make a failover fail, or cost data. */
import { judgeCertificates } from '../certificate.ts';
import { judgeSilence } from '../silent-node.ts';
import { size } from '../sizes.ts';
import { symptom, type Symptom } from '../symptom.ts';
import { canPromote, chooseReplica, shareHistory } from './can-promote.ts';
import { judgePersistence } from './judge-persistence.ts';
import { isLive, isMaster, isReplica, type LiveNode, type Master, type NodeReport, type Replica } from './node-report.ts';

export interface ServerLimits {
  readonly lagBytes: number;
  readonly snapshotMinutes: number;
  /** A certificate is valid for so many days more. */
  readonly certificateDays: number;
}

/** Nothing for servers that are well. In the order in which a person would ask. */
export function judgeServers(reports: readonly NodeReport[], limits: ServerLimits): Symptom[] {
  const masters = reports.filter(isMaster);
  const master = masters.length === 1 ? masters[0] : undefined;
  return [
    ...reports.flatMap((report) => (isLive(report) ? [] : [judgeSilence(report)])),
    ...judgeMasters(masters),
    ...(master === undefined ? [] : judgeMaster(master)),
    ...reports.filter(isReplica).flatMap((replica) => judgeReplica(replica, master, limits)),
    ...reports.filter(isLive).flatMap((node) => judgePersistence(node, limits)),
    ...judgeTls(reports.filter(isLive), limits),
    ...judgeSuccession(reports),
  ];
}

function judgeTls(reports: readonly LiveNode[], { certificateDays }: ServerLimits): Symptom[] {
  const plain = reports.filter(({ tls }) => tls?.isReplicated === false).map(({ node }) => node);
  const shown = reports.map(({ node, tls }) => ({ node, certificate: tls?.certificate }));
  return [...(plain.length === 0 ? [] : [plainLinks(plain.join(', '))]), ...judgeCertificates(shown, certificateDays)];
}

const plainLinks = (nodes: string): Symptom =>
  symptom(
    'replication-plain',
    `${nodes} would follow a master without TLS (\`tls-replication no\`): as a replica of a port that speaks TLS it gets no link.`,
    `${nodes} は TLS なしで追従する設定です(\`tls-replication no\`)。TLS のポートには追従できません。`,
  );

function judgeMasters(masters: readonly Master[]): Symptom[] {
  if (masters.length === 1) return [];
  if (masters.length === 0) {
    return [symptom('no-master', 'No node that answers takes writes.', '応答するノードの中に書き込み可能なものがありません。')];
  }
  const names = masters.map(({ node }) => node).join(', ');
  return [
    symptom(
      'two-masters',
      `${names} all take writes: what is written to one is missing in the other.`,
      `${names} が同時に書き込みを受け付けています。データが分岐しています。`,
      { nodes: masters.map(({ node, history, offset }) => ({ node, history, offset })) },
    ),
  ];
}

function judgeMaster({ node, role: { wantsReplicas, hasReplicas } }: Master): Symptom[] {
  if (hasReplicas >= wantsReplicas) return [];
  return [
    symptom(
      'writes-refused',
      `${node} refuses writes: it wants ${wantsReplicas} replicas and has ${hasReplicas}.`,
      `${node} は書き込みを拒否しています(必要なレプリカ ${wantsReplicas}、接続中 ${hasReplicas})。`,
      { wantsReplicas, hasReplicas },
    ),
  ];
}

function judgeReplica(replica: Replica, master: Master | undefined, { lagBytes }: ServerLimits): Symptom[] {
  const { node, role, offset } = replica;
  const symptoms: Symptom[] = [];
  const add = (...what: Parameters<typeof symptom>): void => void symptoms.push(symptom(...what));
  if (!role.isLinked) {
    add('replica-not-linked', `${node} has no link to its master.`, `${node} はマスターに接続していません。`);
  } else if (!role.hasCopied) {
    add('replica-syncing', `${node} is still taking its first copy.`, `${node} は初回の複製中です。`);
  }
  if (!role.isReadOnly) {
    add(
      'replica-writable',
      `${node} takes writes that its master never sees.`,
      `${node} は書き込み可能で、マスターに反映されません。`,
    );
  }
  const lacks = master === undefined || !shareHistory(replica, master) ? 0 : master.offset - offset;
  if (lacks > lagBytes) {
    add(
      'replica-lag',
      `${node} lacks ${size(lacks)}; up to ${size(lagBytes)} are well. Lost if ${master!.node} died now.`,
      `${node} は ${size(lacks)} 遅れています(許容 ${size(lagBytes)})。今 ${master!.node} が停止すると失われます。`,
      { node, bytes: lacks, limit: lagBytes },
    );
  }
  return symptoms;
}

/** A replica that may not take over is none. A single server has nobody to take over, and was declared so. */
function judgeSuccession(reports: readonly NodeReport[]): Symptom[] {
  if (reports.length < 2) return [];
  const verdicts = reports.filter(isReplica).map((replica) => canPromote(replica, reports));
  const symptoms = verdicts.filter(({ ok }) => !ok).map(({ sentence }) => symptom('may-not-take-over', sentence.en, sentence.ja));
  if (chooseReplica(reports)) return symptoms;
  return [
    ...symptoms,
    symptom(
      'nobody-to-promote',
      'If the master died now, no node could take over.',
      '今マスターが停止しても、引き継げるノードがありません。',
    ),
  ];
}
