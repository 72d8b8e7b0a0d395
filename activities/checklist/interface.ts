/** The questions of the tool store's checklist, as workflows ask them. All of them only look, and may run twice. */
import type { Answer, ChecklistReceipt } from '../../domain/checklist/words.ts';
import type { Text } from '../../domain/text.ts';

/** What the store is held against: the newest verified backup, unless one is named. */
export interface CheckRequest {
  readonly target: string;
  readonly backup?: string | undefined;
  /** How many tools a person expects. */
  readonly tools?: number | undefined;
}

export interface ChecklistActivities {
  /** File system, unknown tools, rights, leaked secrets. Fails: target-missing, no-backup. */
  checkStoreFiles(input: CheckRequest): Promise<readonly Answer[]>;
  /** Lists, creates and logs through the agent, in a fresh process on a scratch copy. Fails: target-missing, disk-full. */
  checkStoreAgent(input: CheckRequest): Promise<readonly Answer[]>;
  /** Runs the critical tools on a scratch copy, through the agent where its package is declared. Fails: target-missing, disk-full. */
  checkStoreRuns(input: CheckRequest): Promise<readonly Answer[]>;
  /** Disk and memory. Fails: target-missing. */
  checkStoreMachine(input: CheckRequest): Promise<readonly Answer[]>;
  /** Fills in the list of the target's kind and keeps it in the record store; the same id replaces. Fails: unknown-target. */
  keepChecklist(input: {
    readonly id: string;
    readonly target: string;
    readonly startedAt: string;
    readonly answers: readonly Answer[];
    readonly faults: readonly Text[];
  }): Promise<ChecklistReceipt>;
}
