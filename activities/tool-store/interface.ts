/** The effects of a tool-store recovery, as workflows call them. Every one may run twice. Failures are codes of domain/failures.ts. */
import type { Backup, BackupKind } from '../../domain/backup.ts';
import type { Diagnosis } from '../../domain/diagnosis.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { ChosenBackup, ProtectReceipt, RestoreReceipt, UndoReceipt } from '../../domain/tool-store/words.ts';
import type { Check } from '../../domain/verification.ts';

export interface ToolStoreActivities {
  /** Reads only. */
  diagnoseToolStore(input: { target: string }): Promise<Diagnosis>;

  /** Asks the inventory's `running`; false where no agent is declared. Reads only. */
  isAgentRunning(input: { target: string }): Promise<boolean>;
  /** Runs the inventory's `stop` when `running` succeeds; polls `running` until it fails. Answers whether it was running. Fails: agent-command-failed. */
  stopAgent(input: { target: string }): Promise<{ wasRunning: boolean }>;
  /** Runs the inventory's `start` unless `running` succeeds. Fails: agent-command-failed. */
  startAgent(input: { target: string }): Promise<{ wasRunning: boolean }>;

  /** Copies what is left of the tools outside the target, hashes both sides. Fails: target-missing, disk-full. */
  protectToolStore(input: { target: string; recovery: string }): Promise<ProtectReceipt>;
  /**
   * The newest verified backup from before `brokenSince`, restore-testing newer untested ones on the way; or the named one, tested if it was not.
   * Suspect ones only when nothing better is there or one was named. Fails: no-backup, backup-corrupt, backup-unsafe.
   */
  chooseBackup(input: { target: string; backup?: string | undefined; brokenSince?: string | undefined }): Promise<ChosenBackup>;
  /** Reads only. `tools` narrows to ids or names. Writes the whole plan to the record store. Fails: unknown-tool, backup-corrupt, backup-unsafe, target-missing. */
  planRestore(input: { target: string; recovery: string; backup: string; tools?: readonly string[] | undefined }): Promise<Plan>;
  /** Brings each file by write-new, fsync, rename. Fails: plan-changed (the world is no longer what the plan saw), not-protected, target-read-only, disk-full, backup-corrupt. */
  applyRestore(input: { target: string; plan: string; digest: string; protectedAs: string }): Promise<RestoreReceipt>;
  /** Takes an applied (or half applied) plan back from the protected copy. */
  undoRestore(input: { target: string; plan: string; protectedAs: string }): Promise<UndoReceipt>;
  /** Counts, JSON, schema, ids, checksums, modes against the backup, for the tools the plan covers. Reads only. */
  verifyRestoredTools(input: { target: string; plan: string }): Promise<readonly Check[]>;
  /** Runs each `criticalTools` entry of the inventory in a process of its own on a scratch copy, and proves the live store byte-equal. */
  runCriticalTools(input: { target: string }): Promise<readonly Check[]>;

  listToolStoreBackups(input: { target: string }): Promise<readonly Backup[]>;
  /** Copies while the agent may write; writes `manifest.json` last. The same id twice finds the finished one. Fails: target-missing, disk-full. */
  takeToolStoreBackup(input: {
    target: string;
    id: string;
    kind: BackupKind;
    reason?: string | undefined;
    startedAt: string;
  }): Promise<Backup>;
  /** Restores into scratch, checks, writes `verification.json`, removes the scratch. A failed test is a result, not an error. Fails: no-backup. */
  testToolStoreBackup(input: { target: string; backup: string }): Promise<Backup>;
}
