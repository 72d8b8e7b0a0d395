/** What one look at a PostgreSQL server tells. Positions are texts such as `0/3000148`, times ISO, by the server's own clock. */
import type { Certificate } from '../certificate.ts';
import type { SilentNode } from '../silent-node.ts';

export interface LiveNode {
  readonly node: string;
  readonly answers: true;
  readonly at: string;
  /** The same for all copies of one cluster. */
  readonly systemId: string;
  /** As `server_version_num`: 150018 is 15.18. */
  readonly version: number;
  readonly timeline: number;
  /** Whether the role that looks may also promote. */
  readonly mayPromote: boolean;
  /** Undefined where it was not reached by TLS. */
  readonly certificate?: Certificate | undefined;
  readonly role: PrimaryRole | StandbyRole;
}

export type NodeReport = SilentNode | LiveNode;

export interface PrimaryRole {
  readonly is: 'primary';
  readonly position: string;
  /** Where the oldest file of the log begins that it still has. */
  readonly oldest: string;
  /** `synchronous_standby_names`; empty where commits wait for nobody. */
  readonly synchronous: string;
  readonly streams: readonly Stream[];
  readonly slots: readonly Slot[];
  readonly archive: Archive;
  /** Whether standbys may log in with the role that the inventory names for it; null where it names none. */
  readonly standbyLogin: 'well' | 'missing' | 'expired' | 'refused' | null;
  /** The slot that it used, and would use again, as a standby. */
  readonly slot: string | null;
}

/** One standby as its primary sees it. */
export interface Stream {
  readonly name: string;
  readonly state: string;
  readonly sync: string;
}

export interface Slot {
  readonly name: string;
  readonly active: boolean;
  /** `lost` and `unreserved` tell that what a standby needs is gone or about to go. */
  readonly wal: string | null;
}

export interface Archive {
  readonly on: boolean;
  /** Files of the log that wait to be archived. */
  readonly waiting: number;
  /** The newest file that could not be archived since the last success. */
  readonly failing: string | null;
}

export interface StandbyRole {
  readonly is: 'standby';
  /** Null where nothing was streamed since it was started. */
  readonly received: string | null;
  readonly replayed: string | null;
  readonly isReplayPaused: boolean;
  /** Commit time of the last transaction that was replayed. */
  readonly lastCommitAt: string | null;
  readonly isStreaming: boolean;
  readonly slot: string | null;
}

export type Primary = LiveNode & { readonly role: PrimaryRole };
export type Standby = LiveNode & { readonly role: StandbyRole };

export const isLive = (report: NodeReport): report is LiveNode => report.answers;
export const isPrimary = (report: NodeReport): report is Primary => report.answers && report.role.is === 'primary';
export const isStandby = (report: NodeReport): report is Standby => report.answers && report.role.is === 'standby';

/** The release that decides whether two servers can stand in for each other: 15 of 150018. */
export const majorOf = ({ version }: LiveNode): number => Math.floor(version / 10_000);
