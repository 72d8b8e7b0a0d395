/** Questions people ask of an audit log, and the answers: short lists, newest or most first, never the log itself. */

export const logQuestions = ['failures', 'timeouts', 'usage', 'creations', 'ages'] as const;
export type LogQuestion = (typeof logQuestions)[number];

/** One asked question. Instants in milliseconds since 1970. */
export interface AskedQuestion {
  readonly question: LogQuestion;
  /** Only lines from then on; lines without a time are left out with it. */
  readonly since?: number | undefined;
  /** Only so many bytes at the end of the log, where a glance is enough. */
  readonly lastBytes?: number | undefined;
  /** When it is asked: ages count back from here. */
  readonly now: number;
  /** Most items of the answer. */
  readonly limit: number;
}

/** What either writer says in one line, in one vocabulary. */
export interface LogEntry {
  /** As it stands in the log. */
  readonly at: string | undefined;
  readonly action: string;
  readonly tool: string;
  readonly toolId: string | undefined;
  readonly actor: string | undefined;
  readonly failed: boolean;
  readonly error: string | undefined;
}

export interface Failure {
  readonly at?: string;
  readonly tool: string;
  readonly action: string;
  readonly error?: string;
}
export interface Timeouts {
  readonly tool: string;
  readonly timeouts: number;
  readonly lastAt?: string;
  readonly lastError?: string;
}
export interface Usage {
  readonly tool: string;
  readonly runs: number;
  readonly failed: number;
  /** A creation that both writers noted is one. */
  readonly created: number;
  readonly lastRunAt?: string;
}
export interface Creation {
  readonly at?: string;
  readonly tool: string;
  readonly toolId?: string;
  /** As the library noted it; the extension notes nobody. */
  readonly actor?: string;
  readonly failed: boolean;
  readonly highStakes: boolean;
}
export interface AgeClass {
  /** From this age on, in days; -1 for lines that have no time. */
  readonly fromDays: number;
  /** Up to this age; absent for the oldest class. */
  readonly toDays?: number;
  readonly lines: number;
  readonly bytes: number;
}

interface Answered<Q extends LogQuestion, Item> {
  readonly question: Q;
  /** Bytes of the log when it was read. */
  readonly bytes: number;
  /** Lines that were looked at and make no sense. Lines that cannot matter to the question are not looked at. */
  readonly damaged: number;
  readonly items: readonly Item[];
  /** There were more items than asked for, or than an answer may carry. */
  readonly truncated: boolean;
}
export type LogAnswer =
  | Answered<'failures', Failure>
  | Answered<'timeouts', Timeouts>
  | Answered<'usage', Usage>
  | Answered<'creations', Creation>
  | Answered<'ages', AgeClass>;
