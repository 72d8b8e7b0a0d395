/** Which standby takes over: of those that were named, or of all, the one that loses least. */
import { joined, type Text } from '../text.ts';
import { canPromote, chooseStandby } from './can-promote.ts';
import { candidatesOf, lacks } from './candidates.ts';
import { isPrimary, type Standby } from './node-report.ts';
import type { ClusterView, FailoverWish } from './cluster-view.ts';

export interface Choice {
  readonly standby: Standby;
  /** Why the others were left; empty where there was no choice. */
  readonly left: Text;
}

/** Why none does. */
export interface NoChoice {
  readonly sentence: Text;
}

/**
 * Nobody takes over that lacks what another standby has, named or not. While the primary lives it does not count who is ahead for a
 * moment: it hands its log over as it is stopped. `whyUnfit`: why one that may be promoted is none for this recovery.
 */
export function chooseSuccessor(
  view: ClusterView,
  { promote }: Pick<FailoverWish, 'promote'>,
  whyUnfit: (standby: Standby) => Text | undefined = () => undefined,
): Choice | NoChoice {
  const { reports, states } = view;
  const { isAble, left, refusal } = candidatesOf(view, promote, whyUnfit);
  const standby = chooseStandby(reports, states, isAble);
  const ahead = chooseStandby(reports, states);
  if (standby !== undefined && lacks(standby, ahead!) <= mayLack(standby, view)) return { standby, left: left(standby) };
  return { sentence: promote === undefined ? nobody(view) : refusal(ahead) };
}

/** Bytes that are on their way to it. */
const mayLack = ({ role }: Standby, { reports, limits }: ClusterView): number =>
  role.isStreaming && reports.some(isPrimary) ? limits.lagBytes : 0;

function nobody({ reports, states }: ClusterView): Text {
  const whys = reports.filter((report) => !isPrimary(report)).map((report) => canPromote(report, reports, states).sentence);
  return joined([{ en: 'No standby can take over.', ja: '引き継げるスタンバイがありません。' }, ...whys]);
}
