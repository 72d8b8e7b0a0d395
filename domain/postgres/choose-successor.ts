/** Which standby takes over: of those that were named, or of all, the one that loses least. */
import { joined, type Text } from '../text.ts';
import { canPromote, chooseStandby } from './can-promote.ts';
import { candidatesOf, lacks } from './candidates.ts';
import { isPrimary, type Standby } from './node-report.ts';
import type { ClusterView, FailoverWish } from './situation.ts';

type Seen = Pick<ClusterView, 'reports' | 'states'>;

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
 * A failover goes to nobody that lacks what another standby has, named or not. In a switchover it does not count who is ahead for a
 * moment: the old primary hands its log over before it is gone. `whyUnfit`: why one that may be promoted is none for this recovery.
 */
export function chooseSuccessor(
  seen: Seen,
  { mode, promote }: FailoverWish,
  whyUnfit: (standby: Standby) => Text | undefined = () => undefined,
): Choice | NoChoice {
  const { reports, states } = seen;
  const { isAble, left, refusal } = candidatesOf(seen, promote, whyUnfit);
  const standby = chooseStandby(reports, states, isAble);
  const ahead = mode === 'switchover' ? standby : chooseStandby(reports, states);
  if (standby !== undefined && lacks(standby, ahead!) === 0) return { standby, left: left(standby) };
  return { sentence: promote === undefined ? nobody(seen) : refusal(ahead) };
}

function nobody({ reports, states }: Seen): Text {
  const whys = reports.filter((report) => !isPrimary(report)).map((report) => canPromote(report, reports, states).sentence);
  return joined([{ en: 'No standby can take over.', ja: '引き継げるスタンバイがありません。' }, ...whys]);
}
