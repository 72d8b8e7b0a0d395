/** Which standby Patroni is asked to have lead. */
import type { OneOf } from '../../one-of.ts';
import type { Text } from '../../text.ts';
import { chooseStandby, positionOf } from '../can-promote.ts';
import { candidatesOf } from '../candidates.ts';
import type { Choice, NoChoice } from '../choose-successor.ts';
import { isStandby, type NodeReport, type Standby } from '../node-report.ts';
import type { ClusterView } from '../cluster-view.ts';
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

/**
 * Of the standbys that Patroni would let lead, those that were named or all, the one that loses least, first of those that commits
 * wait for: to another one it makes no switchover. `whyUnfit`: why one that could lead is none for this recovery.
 */
export function chooseFor(
  patroni: PatroniView,
  { reports, states }: ClusterView,
  promote: OneOf | undefined,
  whyUnfit: (standby: Standby) => Text | undefined = () => undefined,
): Choice | NoChoice {
  const { isAble, left, refusal } = candidatesOf({ reports, states }, promote, (standby) =>
    mayLead(patroni, standby.node) ? whyUnfit(standby) : notLet(standby.node),
  );
  const standby =
    chooseStandby(reports, states, (one) => isAble(one) && isWaitedFor(patroni, one.node)) ??
    chooseStandby(reports, states, isAble);
  if (standby !== undefined) return { standby, left: left(standby) };
  return { sentence: promote === undefined ? nobody(patroni, reports) : refusal() };
}

const notLet = (node: string): Text => ({
  en: `Patroni would not let ${node} lead.`,
  ja: `Patroni は ${node} をリーダーにできません。`,
});

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
