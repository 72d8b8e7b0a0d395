/** What one look at a Redis server tells. Offsets count the bytes of everything that was ever written, in one history. */
import type { Certificate } from '../certificate.ts';
import type { SilentNode } from '../silent-node.ts';

export interface LiveNode {
  readonly node: string;
  readonly answers: true;
  /** Name of the history that its offset belongs to; replicas take over their master's. */
  readonly history: string;
  /** The history before, which a promoted replica still knows. */
  readonly historyBefore: string;
  readonly offset: number;
  readonly isLoading: boolean;
  readonly persistence: Persistence;
  /** Undefined where it was not reached by TLS. */
  readonly tls?: {
    readonly certificate?: Certificate | undefined;
    /** Whether it speaks TLS to its own master as well. */
    readonly isReplicated: boolean;
  };
  readonly role: MasterRole | ReplicaRole;
}

export type NodeReport = SilentNode | LiveNode;

export interface MasterRole {
  readonly is: 'master';
  /** `min-replicas-to-write`, and how many are there that count. */
  readonly wantsReplicas: number;
  readonly hasReplicas: number;
}

export interface ReplicaRole {
  readonly is: 'replica';
  readonly isLinked: boolean;
  /** Linked since it was started, and its copy is through: without that nobody knows what it holds. */
  readonly hasCopied: boolean;
  /** It is taking its copy just now. */
  readonly isSyncing: boolean;
  readonly isReadOnly: boolean;
  /** 0 = never to be promoted; of others the smallest is preferred. */
  readonly priority: number;
}

export interface Persistence {
  /** The append-only file; undefined where it is off. */
  readonly appendOnly?: { readonly fsync: string; readonly isWritten: boolean };
  readonly snapshot: {
    /** The `save` line; empty where none are made by themselves. */
    readonly rule: string;
    readonly isWritten: boolean;
    readonly ageMinutes: number;
    /** Writes that the last one does not have. */
    readonly writesSince: number;
  };
}

export type Master = LiveNode & { readonly role: MasterRole };
export type Replica = LiveNode & { readonly role: ReplicaRole };

export const isLive = (report: NodeReport): report is LiveNode => report.answers;
export const isMaster = (report: NodeReport): report is Master => report.answers && report.role.is === 'master';
export const isReplica = (report: NodeReport): report is Replica => report.answers && report.role.is === 'replica';
