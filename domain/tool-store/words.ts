/** What the steps of a tool-store recovery hand each other: small receipts and references, never file contents. */
import type { Backup } from '../backup.ts';
import type { Text } from '../text.ts';

/** How the inventory speaks of the agent that uses the store. */
export type AgentDeclaration = 'declared' | 'none' | 'undeclared';

/** What a workflow may know of a tool-store target; see the kind's entry in contracts/kinds.ts. */
export interface ToolStoreFacts {
  readonly agent: AgentDeclaration;
  /** How users are led to it after a whole recovery; what is undefined is done by people. */
  readonly switchOver?: SwitchOver;
}

export interface SwitchOver {
  readonly names?:
    { readonly zone: string; readonly side: string; readonly switches?: readonly string[] | undefined } | undefined;
  readonly traffic?: { readonly proxies: string; readonly side: string } | undefined;
}

/** A copy of `.pi/tools` (and of a log that is not readable as a file) taken before anything is changed, outside the target. */
export interface ProtectReceipt {
  readonly ref: string;
  readonly files: number;
  readonly bytes: number;
  readonly digest: string;
}

/** The backup to restore from, and how safe that choice is. */
export interface ChosenBackup {
  readonly backup: Backup;
  /** Suspect backups need people, who see `alternatives`. */
  readonly suspect: boolean;
  readonly why: Text;
  /** Other usable backups, newest first, at most ten. */
  readonly alternatives: readonly Backup[];
  /** Seconds of work that the backup cannot bring back: from its start to `brokenSince` (or now). */
  readonly rpoMs: number;
}

/** What a restore did. Counts are of files. */
export interface RestoreReceipt {
  readonly written: number;
  /** Found as wanted: done by an earlier attempt or by hand. */
  readonly already: number;
  readonly bytes: number;
  readonly logRestored: boolean;
  /** Such as an owner that could not be set. */
  readonly findings: readonly Text[];
}

/** What an undo did; `kept` are files that somebody changed after the restore, left as they are and named. */
export interface UndoReceipt {
  readonly restored: number;
  readonly removed: number;
  readonly kept: readonly string[];
}
