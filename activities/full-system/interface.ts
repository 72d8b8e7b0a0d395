/** The effects of bringing a whole system back on an empty machine. Every one may run twice. Failures are codes of domain/failures.ts. */
import type { Plan } from '../../domain/recovery.ts';
import type { Check } from '../../domain/verification.ts';

export interface FullSystemActivities {
  /** Folders and agent package that are missing. Reads only; writes the whole plan to the record store. */
  planEnvironment(input: { target: string; recovery: string }): Promise<Plan>;
  /** Makes the folders and installs the package with npm. Fails: plan-changed, target-read-only, disk-full, agent-install-failed. */
  applyEnvironment(input: { target: string; plan: string; digest: string }): Promise<{ folders: number; installed: string }>;
  /** Removes what was made and holds nothing now, and puts the package back as it was. Fails: agent-install-failed. */
  undoEnvironment(input: { target: string; plan: string }): Promise<{ folders: number }>;
  /** Folders, room, network, Node and agent package. Reads only. */
  checkEnvironment(input: { target: string }): Promise<readonly Check[]>;
  /** Whether the folder that holds the store is there. Reads only. */
  isPlaceThere(input: { target: string }): Promise<boolean>;
  /** Tells operators and whoever asked that a phase takes longer than its minutes; answers how many channels took it. Never fails because a channel does. */
  tellOverBudget(input: { target: string; system: string; phase: string; minutes: number }): Promise<{ reached: number }>;
  /** Remembers which backup a recovery as a whole goes by, for its later phases. */
  noteBackup(input: { target: string; system: string; backup: string; rpoMs: number }): Promise<void>;
  /** Fails: no-backup. */
  notedBackup(input: { target: string; system: string }): Promise<{ backup: string; rpoMs: number }>;
}
