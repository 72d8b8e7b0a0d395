/** Asks the log of a tool store one question. Reads only. */
import { fail } from '../../domain/fail.ts';
import { answerOf } from '../../domain/log-questions/answer.ts';
import type { AskedQuestion, LogAnswer } from '../../domain/log-questions/words.ts';
import { auditLog } from '../../domain/tool-store/layout.ts';
import type { Ports } from '../ports/index.ts';
import { codeOf, toolStoreTarget, withinTarget } from '../tool-store/target.ts';
import type { LogQuestionActivities } from './interface.ts';

const usualLimit = 50;
const mostItems = 200;

export async function askLog(
  ports: Ports,
  input: Parameters<LogQuestionActivities['askToolStoreLog']>[0],
  signal?: AbortSignal,
): Promise<LogAnswer> {
  const asked: AskedQuestion = {
    question: input.question,
    since: input.since === undefined ? undefined : Date.parse(input.since),
    now: Date.now(),
    limit: Math.min(input.limit ?? usualLimit, mostItems),
  };
  const { tally, bytes } = await tallyLog(ports, input.target, asked, signal);
  return answerOf(tally, asked, bytes);
}

/** The counts themselves, for who needs more than an answer may carry. Fails: unknown-target, no-audit-log, target-missing. */
export async function tallyLog(ports: Ports, id: string, asked: AskedQuestion, signal?: AbortSignal) {
  const target = toolStoreTarget(ports, id);
  const log = { root: target.root, path: auditLog };
  return withinTarget(target, async () => {
    try {
      return await ports.logReader.tally(log, asked, signal);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
      throw fail('no-audit-log', {
        en: `${target.root}/${auditLog} does not exist.`,
        ja: `${target.root}/${auditLog} が存在しません。`,
      });
    }
  });
}
