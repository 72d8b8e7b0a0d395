/** What the REST API of Patroni on one node tells, in Patroni's own names. */
import type { Certificate } from '../../certificate.ts';

export type PatroniReport = SilentApi | ApiReport;

export interface SilentApi {
  readonly node: string;
  readonly answers: false;
  readonly said: string;
}

export interface ApiReport {
  readonly node: string;
  readonly answers: true;
  /** A change of settings waits for a restart of its server. */
  readonly isRestartPending: boolean;
  /** Of its server, such as `running`, `stopped`, `creating replica`. */
  readonly state: string;
  /** Undefined where this Patroni does not reach the store that its lock is in. */
  readonly cluster: PatroniCluster | undefined;
  /** What connections to it rest on; undefined without an authority of the inventory. */
  readonly certificate?: Certificate | undefined;
}

/** The whole cluster as its store has it. */
export interface PatroniCluster {
  readonly members: readonly PatroniMember[];
  /** Maintenance mode: it elects nobody and starts nothing. */
  readonly isPaused: boolean;
  readonly isSwitchoverScheduled: boolean;
  /** Commits wait for standbys (`synchronous_mode`), and it makes no switchover to others. */
  readonly isSynchronous: boolean;
  /** Seconds until a leader that is gone has lost its lock, between two looks, and of one try to reach the store. */
  readonly timing: { readonly ttl: number; readonly loopWait: number; readonly retryTimeout: number };
  /** Bytes; a standby that lacks more is not elected. */
  readonly maximumLag: number;
  /** Where its last leader began its timeline; undefined where there was none but the first. */
  readonly lastSwitch?: { readonly timeline: number; readonly position: string } | undefined;
}

export interface PatroniMember {
  readonly name: string;
  /** `leader` holds the lock; `sync_standby` has confirmed every commit. */
  readonly role: string;
  readonly state: string;
  /** Bytes that it lacked of what the leader last told; null where Patroni does not know. */
  readonly lag: number | null;
  readonly mayLead: boolean;
}
