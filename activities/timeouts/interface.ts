/** What a recovery from timeouts looks at before it disables anything. Reads only: every one may run twice. Failures are codes of domain/failures.ts. */
import type { ToolChoice } from '../../domain/timeouts/choose-tools.ts';
import type { MachineLoad, Probe, TimeoutCount } from '../../domain/timeouts/words.ts';
import type { Timeouts } from '../../domain/log-questions/words.ts';

export interface TimeoutActivities {
  /** Processor, memory, the disk of the store, and the ten heaviest processes by name. Watches for half a second. Fails: target-missing. */
  measureLoad(input: { target: string }): Promise<MachineLoad>;
  /** Tries every declared dependency once, all at the same time. What one does is an answer, never a failure. */
  probeDependencies(input: { target: string }): Promise<readonly Probe[]>;
  /** Timeouts by tool since then (ISO 8601), the fifty most frequent. A missing log is an answer. Fails: target-missing (a link in the way). */
  countTimeouts(input: { target: string; since: string }): Promise<TimeoutCount>;
  /** Named tools, or those with at least so many timeouts, never a critical one. Fails: no-such-tool, critical-tool, target-missing. */
  chooseTimeoutTools(input: {
    target: string;
    tools?: readonly string[] | undefined;
    counts: readonly Pick<Timeouts, 'tool' | 'timeouts'>[];
    atLeast: number;
  }): Promise<ToolChoice>;
}
