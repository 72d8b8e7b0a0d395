/** What is wrong with a primary: what it waits for, what it keeps for standbys, what it archives. */
import type { ClusterLimits } from './limits.ts';
import type { Primary, Slot } from './node-report.ts';
import { symptom, type Symptom } from '../symptom.ts';

export function judgePrimary(primary: Primary, limits: ClusterLimits): Symptom[] {
  return [
    ...judgeCommits(primary),
    ...primary.role.slots.flatMap((slot) => judgeSlot(primary.node, slot)),
    ...judgeLogin(primary),
    ...judgeArchive(primary, limits),
  ];
}

/** Without its synchronous standby a commit hangs, and whoever gives up does not know whether it counts. */
export const commitsHang = ({ role: { synchronous, streams } }: Primary): boolean =>
  synchronous !== '' && !streams.some(({ sync }) => sync === 'sync' || sync === 'quorum');

function judgeCommits(primary: Primary): Symptom[] {
  if (!commitsHang(primary)) return [];
  const { node, role } = primary;
  const { synchronous } = role;
  return [
    symptom(
      'commits-wait',
      `Commits on ${node} wait for ${synchronous}, and no synchronous standby streams.`,
      `${node} のコミットは ${synchronous} を待ちますが、同期スタンバイがありません。`,
    ),
  ];
}

function judgeSlot(node: string, { name, active, wal }: Slot): Symptom[] {
  if (wal === 'lost' || wal === 'unreserved') {
    return [
      symptom(
        'slot-lost',
        `Slot ${name} on ${node} is ${wal}: the log that its standby needs is gone or about to go.`,
        `${node} のスロット ${name} は ${wal} です。スタンバイに必要な WAL が失われたか、失われつつあります。`,
        { slot: name, wal },
      ),
    ];
  }
  if (active) return [];
  return [
    symptom(
      'slot-unused',
      `Slot ${name} on ${node} is used by nobody: its standby is away, and the log is kept for it.`,
      `${node} のスロット ${name} は使われていません。スタンバイが不在のまま WAL が保持されています。`,
      { slot: name, wal },
    ),
  ];
}

/** Standbys that stream already go on; none could be set up any more. */
function judgeLogin({ node, role: { standbyLogin } }: Primary): Symptom[] {
  if (standbyLogin === null || standbyLogin === 'well') return [];
  const words = {
    missing: { en: 'does not exist', ja: 'が存在しません' },
    expired: { en: 'has expired', ja: 'の有効期限が切れています' },
    refused: { en: 'may not log in for replication', ja: 'にレプリケーションの権限がありません' },
  }[standbyLogin];
  return [
    symptom(
      'replication-role',
      `The role for replication ${words.en} on ${node}: no standby could be set up.`,
      `${node} のレプリケーション用ロール${words.ja}。スタンバイを再構成できません。`,
      { node, standbyLogin },
    ),
  ];
}

/** Counted in files, not in time: an idle server archives nothing for a while and lacks nothing. */
function judgeArchive({ node, role: { archive } }: Primary, { waitingFiles }: ClusterLimits): Symptom[] {
  if (!archive.on) {
    return [
      symptom(
        'archive-off',
        `${node} archives no log: there is no way back to a moment.`,
        `${node} は WAL をアーカイブしていないため、時点復旧ができません。`,
      ),
    ];
  }
  const failing = archive.failing && [
    symptom(
      'archive-failing',
      `${node} cannot archive ${archive.failing}.`,
      `${node} は ${archive.failing} をアーカイブできません。`,
    ),
  ];
  const behind = archive.waiting > waitingFiles && [
    symptom(
      'archive-behind',
      `${archive.waiting} files of the log of ${node} wait to be archived; up to ${waitingFiles} are well.`,
      `${node} の WAL ${archive.waiting} 個が未アーカイブです(許容 ${waitingFiles} 個)。`,
      { waiting: archive.waiting, limit: waitingFiles },
    ),
  ];
  return [...(failing || []), ...(behind || [])];
}
