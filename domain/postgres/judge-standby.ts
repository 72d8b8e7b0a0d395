/** What is wrong with a standby: what it does not receive, what it does not replay. */
import { size } from '../sizes.ts';
import { lacksLog, positionOf } from './can-promote.ts';
import type { ClusterLimits } from './limits.ts';
import { bytesAhead } from './lsn.ts';
import type { Primary, Standby } from './node-report.ts';
import { symptom, type Symptom } from '../symptom.ts';

/** `primary` is the one it ought to follow; undefined where there is none, or more than one. */
export function judgeStandby(standby: Standby, primary: Primary | undefined, limits: ClusterLimits): Symptom[] {
  return [
    ...judgeStream(standby),
    ...(primary === undefined ? [] : judgeAgainst(standby, primary, limits)),
    ...judgeReplay(standby, limits),
  ];
}

function judgeStream({ node, role: { isStreaming, lastCommitAt } }: Standby): Symptom[] {
  if (isStreaming) return [];
  return [
    symptom('standby-not-streaming', `${node} receives no log.`, `${node} は WAL を受信していません。`, { node, lastCommitAt }),
  ];
}

function judgeAgainst(standby: Standby, primary: Primary, { lagBytes }: ClusterLimits): Symptom[] {
  const { node, role } = standby;
  const symptoms: Symptom[] = [];
  if (lacksLog(standby, primary)) {
    symptoms.push(
      symptom(
        'standby-cut-off',
        `${node} needs the log from ${positionOf(standby)} on, and ${primary.node} has none before ${primary.role.oldest}: only the archive or a new copy brings it back.`,
        `${node} には ${positionOf(standby)} 以降の WAL が必要ですが、${primary.node} には ${primary.role.oldest} 以降しかありません。アーカイブか再作成が必要です。`,
        { node, needs: positionOf(standby), oldest: primary.role.oldest },
      ),
    );
  }
  if (role.slot !== null && primary.role.slots.every(({ name }) => name !== role.slot)) {
    symptoms.push(
      symptom(
        'slot-missing',
        `${node} wants slot ${role.slot}, which ${primary.node} does not have.`,
        `${node} が使うスロット ${role.slot} が ${primary.node} にありません。`,
        { slot: role.slot },
      ),
    );
  }
  const has = positionOf(standby);
  const lacks = has === undefined ? 0 : bytesAhead(has, primary.role.position);
  if (lacks > lagBytes) {
    symptoms.push(
      symptom(
        'standby-lag',
        `${node} lacks ${size(lacks)} of the log; up to ${size(lagBytes)} are well. Lost if ${primary.node} died now.`,
        `${node} は WAL が ${size(lacks)} 遅れています(許容 ${size(lagBytes)})。今 ${primary.node} が停止すると失われます。`,
        { node, bytes: lacks, limit: lagBytes },
      ),
    );
  }
  return symptoms;
}

function judgeReplay(standby: Standby, { lagBytes }: ClusterLimits): Symptom[] {
  const { node, role } = standby;
  const has = positionOf(standby);
  const bytes = has === undefined || role.replayed === null ? 0 : bytesAhead(role.replayed, has);
  if (role.isReplayPaused) {
    return [symptom('replay-paused', `Replay on ${node} is paused.`, `${node} の再生が一時停止しています。`, { node, bytes })];
  }
  if (bytes <= lagBytes) return [];
  return [
    symptom(
      'replay-lag',
      `${node} has ${size(bytes)} yet to replay before it could take over.`,
      `${node} は引き継ぎ前に ${size(bytes)} の再生が必要です。`,
      { node, bytes, limit: lagBytes },
    ),
  ];
}
