/** A failover that Patroni carries out, as workflows call it. Every one may run twice. */
import type { Expected, PatroniSituation } from '../../../domain/postgres/patroni/patroni-situation.ts';
import type { FailoverWish } from '../../../domain/postgres/cluster-view.ts';
import type { Check } from '../../../domain/verification.ts';

export type LeaderRequest = Extract<PatroniSituation, { is: 'move' | 'stuck' }>;

export interface NewLeader {
  /** Patroni may have chosen another one than it was asked for. */
  readonly node: string;
  readonly timeline: number;
  readonly already: boolean;
  /** 0 where it had confirmed every commit, or the new timeline begins behind everything that the old leader had when asked to step down; else unknown. */
  readonly lostMs?: number;
}

export interface PostgresPatroniActivities {
  /** What Patroni and the servers say, and what is to be done about it. Reads only. Fails: patroni-away, patroni-disagrees, two-primaries, nobody-to-promote, switchover-refused. */
  assessPatroni(input: { target: string; wish: FailoverWish }): Promise<PatroniSituation>;
  /** The same once a leader takes writes, or Patroni's time for that is over. `before` is what was seen as the leader was gone. Reads only. Fails as that does. */
  awaitPatroni(input: { target: string; wish: FailoverWish; before?: Expected }): Promise<PatroniSituation>;
  /** Asks Patroni for the leader and waits until it takes writes. Fails: patroni-away, patroni-refused, promotion-failed. */
  askPatroniToLead(input: { target: string; wish: FailoverWish; request: LeaderRequest }): Promise<NewLeader>;
  /** Looks until nobody else takes writes, for some seconds. Reads only. */
  provePatroniFence(input: { target: string; leader: string }): Promise<readonly Check[]>;
}
