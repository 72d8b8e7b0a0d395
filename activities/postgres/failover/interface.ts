/** The effects of a PostgreSQL failover, as workflows call them. Every one may run twice. */
import type { Loss } from '../../../domain/postgres/loss.ts';
import type { LogTail } from '../../../domain/postgres/node-state.ts';
import type { FailoverWish } from '../../../domain/postgres/cluster-view.ts';
import type { Plan } from '../../../domain/recovery.ts';
import type { Text } from '../../../domain/text.ts';
import type { Check } from '../../../domain/verification.ts';

/** The standby that takes over, or the node that has taken over already, and what it costs. */
export interface Successor {
  readonly node: string;
  /** Of the successor, before it is promoted; after it where that was done already. */
  readonly timeline: number;
  /** The last position of the log that it has; null where it is primary already. */
  readonly position: string | null;
  readonly isPrimary: boolean;
  /** What the nodes before it have and it has not; absent where nobody could read that. */
  readonly tail?: LogTail;
  readonly loss: Loss;
  /** Why others that could have been chosen were not; absent where a recovery began before that was told. */
  readonly left?: Text;
}

export interface Promoted {
  readonly timeline: number;
  readonly already: boolean;
}

/** How a node became a standby of the new primary. */
export interface Rejoined {
  readonly how: 'already' | 'followed' | 'rewound' | 'rebuilt';
  /** Folder with the log of commits that only this node had, copied before they were taken back. */
  readonly keptLog?: string;
  /** Folder with its old files, where it was copied anew. */
  readonly keptFiles?: string;
}

export interface Repointing {
  readonly changed: readonly string[];
  readonly already: readonly string[];
  /** Endpoints through which the new primary was seen. */
  readonly seen: readonly string[];
}

type AboutPlan = { readonly target: string; readonly plan: string };

export interface PostgresFailoverActivities {
  /** Decides who takes over and who has to be kept from writing. Reads only. Fails: two-primaries, nobody-to-promote, switchover-refused. */
  planPostgresFence(input: { target: string; recovery: string; wish: FailoverWish }): Promise<Plan>;
  /** Stops the nodes of the plan that can be stopped by now. Fails: plan-changed, fence-failed. */
  applyPostgresFence(
    input: AboutPlan & { recovery: string },
  ): Promise<{ fenced: readonly string[]; beyondReach: readonly string[] }>;
  /** Starts them again as they were, unless another one has taken over: then their fence stays. Fails: fence-failed. */
  undoPostgresFence(input: AboutPlan & { recovery: string }): Promise<{ started: readonly string[]; stays: readonly string[] }>;
  /** Looks again, and once more where it is not proven. Reads only. */
  provePostgresFence(input: AboutPlan): Promise<readonly Check[]>;
  /**
   * Decides on the positions of this moment, and counts what would be lost. `isFenced`: the fence stands, so that a planned move
   * may lose nothing any more. Reads only. Fails: nobody-to-promote, switchover-refused.
   */
  choosePostgresSuccessor(input: AboutPlan & { isFenced: boolean }): Promise<Successor>;
  /** Promotes it and waits until it takes writes. Fails: fence-failed, promotion-failed, plan-changed. */
  promotePostgres(input: AboutPlan & { recovery: string; successor: Successor }): Promise<Promoted>;
  /** The first commit. `waitsFor`: it was not tried, because it would wait for a synchronous standby. Fails: database-refused. */
  commitPostgres(input: { target: string; node: string }): Promise<{ ms: number } | { waitsFor: string }>;
  /** Leads clients to the new primary, and sees it there through every endpoint that says where. Fails: endpoint-refused. */
  repointPostgres(input: { target: string; node: string; timeline: number }): Promise<Repointing>;
  /** Makes a node follow the new primary. Fails: rejoin-failed, database-refused. */
  rejoinPostgres(input: { target: string; recovery: string; node: string; primary: string; timeline: number }): Promise<Rejoined>;
  /** Asks everything again, without the nodes that people left out. Reads only. Fails: database-refused. */
  verifyPostgresFailover(input: {
    target: string;
    primary: string;
    timeline: number;
    without: readonly string[];
  }): Promise<readonly Check[]>;
}
