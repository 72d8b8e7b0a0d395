/** A glance at the end of the audit log for tools that time out; cheap enough for every diagnosis. */
import type { Timeouts } from '../../domain/log-questions/words.ts';
import { answerOf } from '../../domain/log-questions/answer.ts';
import { tallyLog } from '../log-questions/ask-log.ts';
import type { Ports } from '../ports/index.ts';
import type { ToolStoreTarget } from '../tool-store/target.ts';

/** Some ten thousand lines, read within milliseconds however large the log is. */
const lastBytes = 4 * 1024 * 1024;
const dayMs = 24 * 3_600_000;

export async function recentTimeouts(ports: Ports, { id }: ToolStoreTarget, signal?: AbortSignal): Promise<readonly Timeouts[]> {
  const now = Date.now();
  const asked = { question: 'timeouts', since: now - dayMs, now, limit: 20, lastBytes } as const;
  const { tally, bytes } = await tallyLog(ports, id, asked, signal);
  const answer = answerOf(tally, asked, bytes);
  return answer.question === 'timeouts' ? answer.items : [];
}
