/** What was seen of a PostgreSQL cluster, and what is wished of it. */
import type { OneOf } from '../one-of.ts';
import type { NodeStates } from './can-promote.ts';
import type { ClusterLimits } from './limits.ts';
import type { NodeReport } from './node-report.ts';

export interface FailoverWish {
  /** `switchover` = planned, while all is well, with nothing lost. */
  readonly mode: 'failover' | 'switchover';
  /** The node that takes over, or nodes of which the one does that loses least; any when left out. */
  readonly promote?: OneOf | undefined;
}

export interface ClusterView {
  readonly reports: readonly NodeReport[];
  readonly states: NodeStates;
  /** Why a machine could not be asked that a command should have led to: the command's own words, by node. */
  readonly beyondReach?: ReadonlyMap<string, string>;
  readonly limits: ClusterLimits;
}
