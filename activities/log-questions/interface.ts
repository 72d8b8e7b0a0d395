/** Questions to a target's audit log, as workflows and the API ask them. Every one may run twice. */
import type { LogAnswer, LogQuestion } from '../../domain/log-questions/words.ts';

export interface LogQuestionActivities {
  /**
   * One pass over the log, reads only. `since` is ISO 8601; `limit` 50 when left out, at most 200; an answer stays below 16 kB.
   * Fails: unknown-target, no-audit-log, target-missing (a link in the way).
   */
  askToolStoreLog(input: {
    target: string;
    question: LogQuestion;
    since?: string | undefined;
    limit?: number | undefined;
  }): Promise<LogAnswer>;
}
