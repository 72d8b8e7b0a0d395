/** What a proxy tells of its own protection: the pieces that its rules use, who sends how much, and what it has counted. */
import type { SilentNode } from '../silent-node.ts';

/** What the rules of a proxy need, so that its runtime interface can protect. */
export type Piece = 'frontend' | 'table' | 'limits' | 'denyList' | 'allowList';

export interface Source {
  readonly address: string;
  /** Within the period of the table. */
  readonly requests: number;
}

/** What is set: requests that a source may make within the period of the table (none or 0: no limit), and who is denied. */
export interface Guard {
  readonly limit?: number;
  readonly denied: readonly string[];
}

/** What is to be set; a limit that is undefined is taken away. */
export interface GuardChange {
  readonly limit: number | undefined;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Of the frontend, since the proxy was started. */
export interface Counted {
  readonly requests: number;
  /** Of these, turned away by a rule. */
  readonly denied: number;
}

export interface LiveGuard extends Guard {
  readonly node: string;
  readonly answers: true;
  /** What our connection may do: `operator` sees the table and sets lists and maps. */
  readonly level: string;
  readonly missing: readonly Piece[];
  /** Who is denied nothing and has no limit. */
  readonly allowed: readonly string[];
  /** Those that send so much as the inventory takes for an attack, the worst first. */
  readonly sources: readonly Source[];
  /** How many sources the table knows. */
  readonly known: number;
  /** Requests in the last second. */
  readonly rate: number;
  readonly counted: Counted;
  /** What a restart would bring back; undefined where its files are on another machine. */
  readonly saved?: Guard;
}

export type GuardReport = LiveGuard | SilentNode;

export const isGuarded = (report: GuardReport): report is LiveGuard => report.answers;

/** The same limit, and the same list in whatever order. */
export const isSameGuard = (a: Guard, b: Guard): boolean =>
  a.limit === b.limit && a.denied.toSorted().join(' ') === b.denied.toSorted().join(' ');
