/** The effects of a Redis failover, as workflows call them. Every one may run twice. */
import type { OneOf } from '../../../domain/one-of.ts';
import type { Plan } from '../../../domain/recovery.ts';
import type { Loss } from '../../../domain/redis/judge-loss.ts';
import type { Text } from '../../../domain/text.ts';
import type { Check } from '../../../domain/verification.ts';
import type { Repointed } from '../../endpoints/repointed.ts';

/** What is known before anything is changed, and what it is compared with at the end. */
export interface RedisAssessment {
  readonly successor: string;
  /** Somebody promoted it already. */
  readonly isMaster: boolean;
  readonly sentence: Text;
  /** Keys that the successor holds. */
  readonly keys: number;
  /** Nodes that do not answer. */
  readonly silent: readonly string[];
  /** What was wrong already. */
  readonly symptoms: readonly string[];
}

export interface RedisFencePlan {
  readonly plan: Plan;
  /** Nodes that may be the old master. */
  readonly suspects: readonly string[];
  /** The old master answers, and marks what it wrote last. */
  readonly isMarked: boolean;
}

export interface Promoted {
  readonly already: boolean;
  /** It stays a master when it is restarted. */
  readonly isPersisted: boolean;
  /** From its new role to its first write; left out where the write was refused. */
  readonly ms?: number;
  readonly refused?: string;
}

export interface BroughtBack {
  /** Folder of the copy of what it had, with its machine where that is not ours; left out where it has nothing of its own. */
  readonly kept?: string;
  readonly isStarted: boolean;
  readonly isPersisted: boolean;
}

interface Planned {
  readonly target: string;
  /** Record of the whole plan. */
  readonly plan: string;
}

export interface RedisFailoverActivities {
  /** Looks at every node and decides who takes over. Reads only. Fails: may-not-promote, database-refused. */
  assessRedis(input: { target: string; mode: 'failover' | 'switchover'; promote?: OneOf | undefined }): Promise<RedisAssessment>;
  /** How every other node is kept from taking writes. Reads only; keeps the whole plan in the record store. */
  planRedisFence(input: {
    target: string;
    recovery: string;
    mode: 'failover' | 'switchover';
    successor: string;
  }): Promise<RedisFencePlan>;
  /** Fails: plan-changed, replica-behind, database-refused, fence-failed where a machine does not do it. */
  applyRedisFence(input: Planned & { digest: string }): Promise<{ fenced: readonly string[] }>;
  /** The old master serves again, wherever the fence was; it stays where the successor took over. Fails: plan-changed, may-not-promote where another one did, or may have, database-refused, fence-failed, node-not-started. */
  undoRedisFence(input: Planned): Promise<{ serving: readonly string[]; stays: readonly string[] }>;
  /** Whether it is certain that nobody but the successor can take writes. Reads only. */
  proveRedisFence(input: Planned): Promise<readonly Check[]>;
  /** What the successor lacks. Reads only. */
  lookAtRedisLoss(input: Planned): Promise<Loss>;
  /** Makes the plan's successor the master and writes a key of our own. From then on the fence is not taken back. Fails: plan-changed, database-refused. */
  promoteRedis(input: Planned): Promise<Promoted>;
  /** Repoints what clients connect through, and sees the new master there. Fails: endpoint-refused. */
  repointRedis(input: { target: string; master: string }): Promise<readonly Repointed[]>;
  /** Makes replicas that answer follow the new master; `leave` names nodes that are left alone. Fails: database-refused. */
  followRedis(input: {
    target: string;
    master: string;
    leave: readonly string[];
  }): Promise<{ following: readonly string[]; notPersisted: readonly string[] }>;
  /**
   * Makes an old master a replica of the new one, started where it is gone, and waits until it has its copy. Where it may have
   * what nobody else has, its files are copied and compared first. Fails: not-kept, fence-failed, node-not-started,
   * not-following, database-refused, disk-full, target-read-only.
   */
  bringBackRedis(input: {
    target: string;
    recovery: string;
    node: string;
    master: string;
    mayHoldMore: boolean;
  }): Promise<BroughtBack>;
  /** Whether all is as it should be, held against what was known before. Writes a key of our own and removes it. */
  verifyRedisFailover(input: {
    target: string;
    assessed: RedisAssessment;
    /** Nodes that nobody could bring back. */
    leftOut: readonly string[];
    /** What the old master marked last. */
    mark?: string | undefined;
  }): Promise<readonly Check[]>;
}
