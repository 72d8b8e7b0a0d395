/** Counts in the audit log how often each tool ran into its time limit. */
import { ApplicationFailure } from '@temporalio/common';
import type { TimeoutCount } from '../../domain/timeouts/words.ts';
import { askLog } from '../log-questions/ask-log.ts';
import type { Ports } from '../ports/index.ts';

export async function countTimeouts(
  ports: Ports,
  { target, since }: { readonly target: string; readonly since: string },
  signal?: AbortSignal,
): Promise<TimeoutCount> {
  try {
    const answer = await askLog(ports, { target, question: 'timeouts', since }, signal);
    const items = answer.question === 'timeouts' ? answer.items : [];
    return { logThere: true, since, items, damaged: answer.damaged };
  } catch (error) {
    // Named tools can be put away without a log; and where there is none, nothing else will be chosen.
    if (!(error instanceof ApplicationFailure) || error.type !== 'no-audit-log') throw error;
    return { logThere: false, since, items: [], damaged: 0 };
  }
}
