/** Which standby Patroni is asked to have lead. */
import type { Text } from '../../text.ts';
import { canPromote, chooseStandby, positionOf } from '../can-promote.ts';
import { isStandby, type NodeReport, type Standby } from '../node-report.ts';
import type { ClusterView } from '../situation.ts';
import type { PatroniMember } from './patroni-report.ts';
import { apiAnswers, type PatroniView } from './patroni-view.ts';

export interface Asked {
  readonly successor: string;
  readonly position: string;
  /** Bytes that the successor lacked of what the leader last told; null where Patroni does not know. */
  readonly lag: number | null;
  /** It has confirmed every commit: with synchronous replication no client was told of one that it has not. */
  readonly hasAll: boolean;
}

export function askedFor({ members }: PatroniView, standby: Standby): Asked {
  const member = members.find(({ name }) => name === standby.node);
  return {
    successor: standby.node,
    position: positionOf(standby)!,
    lag: member?.lag ?? null,
    hasAll: member !== undefined && hasEveryCommit(member),
  };
}

/** One of a quorum may lack what the others have. */
export const hasEveryCommit = ({ role }: PatroniMember): boolean => role === 'sync_standby';

/** Of the standbys that Patroni would let lead the one that loses least, first of those that commits wait for; or the one that was wished for. */
export function chooseFor(
  patroni: PatroniView,
  { reports, states }: ClusterView,
  wish: string | undefined,
): Standby | { sentence: Text } {
  const able = reports.filter((report) => !isStandby(report) || mayLead(patroni, report.node));
  if (wish === undefined) {
    // To another one Patroni makes no switchover.
    const waitedFor = able.filter((report) => !isStandby(report) || isWaitedFor(patroni, report.node));
    return chooseStandby(waitedFor, states) ?? chooseStandby(able, states) ?? { sentence: nobody(patroni, reports) };
  }
  const wished = reports.find(({ node }) => node === wish);
  if (wished === undefined) return { sentence: { en: `There is no node ${wish}.`, ja: `ノード ${wish} はありません。` } };
  if (isStandby(wished) && !mayLead(patroni, wish)) {
    return { sentence: { en: `Patroni would not let ${wish} lead.`, ja: `Patroni は ${wish} をリーダーにできません。` } };
  }
  const verdict = canPromote(wished, reports, states);
  return verdict.ok && isStandby(wished) ? wished : verdict;
}

/** A commit waits for it, alone or in a quorum. */
export const isWaitedFor = ({ members }: PatroniView, node: string): boolean =>
  members.some(({ name, role }) => name === node && (role === 'sync_standby' || role === 'quorum_standby'));

export const mayLead = (patroni: PatroniView, node: string): boolean =>
  apiAnswers(patroni, node) && patroni.members.some((member) => member.name === node && member.mayLead);

function nobody(patroni: PatroniView, reports: readonly NodeReport[]): Text {
  const whys = reports.filter(isStandby).map(({ node }) => node);
  const barred = whys.filter((node) => !mayLead(patroni, node)).join(', ');
  return barred === ''
    ? { en: 'No standby can take over.', ja: '引き継げるスタンバイがありません。' }
    : {
        en: `No standby can take over; Patroni would not let ${barred} lead.`,
        ja: `引き継げるスタンバイがありません(${barred} は Patroni の選出対象外)。`,
      };
}
