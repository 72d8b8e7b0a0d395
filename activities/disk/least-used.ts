/** Which tools of a store nobody runs: counted from the log, for people to think about. Nothing is removed for it. */
import type { LeastUsed } from '../../domain/disk/words.ts';
import { usageOf } from '../../domain/log-questions/answer.ts';
import { emptyTally } from '../../domain/log-questions/tally.ts';
import { tallyLog } from '../log-questions/ask-log.ts';
import type { Ports } from '../ports/index.ts';
import { scanStore } from '../tool-store/scan-store.ts';
import { toolStoreTarget } from '../tool-store/target.ts';

const most = 20;

export async function listLeastUsed(ports: Ports, input: { readonly target: string }, signal?: AbortSignal): Promise<LeastUsed> {
  const target = toolStoreTarget(ports, input.target);
  const { tools } = await scanStore(ports, target, signal);
  const names = tools.flatMap(({ judged }) => (judged?.ok === true ? [judged.tool.name] : []));
  const counted = await tallyLog(ports, target.id, { question: 'usage', now: Date.now(), limit: most }, signal).catch(
    (error: unknown) => {
      if ((error as { type?: unknown }).type === 'no-audit-log') return undefined;
      throw error;
    },
  );
  const runs = new Map(usageOf(counted?.tally ?? emptyTally()).map((usage) => [usage.tool, usage]));
  return {
    tools: names
      .map((tool) => {
        const { runs: count = 0, lastRunAt } = runs.get(tool) ?? {};
        return { tool, runs: count, ...(lastRunAt !== undefined && { lastRunAt }) };
      })
      .toSorted((a, b) => a.runs - b.runs || (a.tool < b.tool ? -1 : 1))
      .slice(0, most),
    uncounted: counted === undefined,
  };
}
