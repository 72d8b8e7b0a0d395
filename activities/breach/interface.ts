/** The effects of a security breach on a tool store, as workflows call them. Every one may run twice. Failures are codes of domain/failures.ts. */
import type { EvidenceReceipt, ExaminationReceipt, Judgement, TrustedTools } from '../../domain/breach/words.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Check } from '../../domain/verification.ts';

/** What an examination is asked with. */
export interface ExamineInput extends Judgement {
  readonly target: string;
  readonly recovery: string;
  readonly brokenSince?: string | undefined;
}

export interface BreachActivities {
  /**
   * Copies tools, logs, extensions, libraries and skills into `evidence/<target>/<recovery>/` of the data folder, hashed on both
   * sides and read-only. The first complete copy of a recovery stands; nothing ever removes it. Fails: target-missing, disk-full.
   */
  preserveEvidence(input: { target: string; recovery: string }): Promise<EvidenceReceipt>;
  /** Looks for what does not deserve trust, and keeps the whole in the record store. Reads only. Fails: target-missing. */
  examineBreach(input: ExamineInput): Promise<ExaminationReceipt>;
  /** Examines, and plans to put whatever is suspicious into quarantine; applied and undone as any set-aside. Fails: target-missing. */
  planQuarantine(input: ExamineInput): Promise<Plan>;
  /** Which tools of a backup may come back: without dangerous code, not named suspicious, not created since the breach. Fails: no-backup, backup-corrupt, backup-unsafe. */
  judgeBackup(input: Judgement & { target: string; backup: string; brokenSince?: string | undefined }): Promise<TrustedTools>;
  /** Nothing unknown is left, the quarantine and the evidence are whole, the code is as in its sources. Reads only. */
  verifyBreach(
    input: ExamineInput & { backup: string; quarantine?: string | undefined; code: 'restore' | 'leave' },
  ): Promise<readonly Check[]>;
}
