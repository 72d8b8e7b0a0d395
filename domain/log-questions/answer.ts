/** Turns a tally into the answer people read. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { creationsOf } from './creations.ts';
import { ageBorders, type LogTally, type ToolCount } from './tally.ts';
import type { AgeClass, AskedQuestion, Failure, LogAnswer, LogEntry, Timeouts, Usage } from './words.ts';

/** An answer goes through history. */
const mostBytes = 14_000;

export function answerOf(tally: LogTally, asked: AskedQuestion, bytes: number): LogAnswer {
  const common = { bytes, damaged: tally.damaged };
  switch (asked.question) {
    case 'failures':
      return { question: 'failures', ...common, ...cut(tally.recent.map(failureOf).toReversed(), asked.limit) };
    case 'timeouts':
      return { question: 'timeouts', ...common, ...cut(timeoutsOf(tally), asked.limit) };
    case 'usage':
      return { question: 'usage', ...common, ...cut(usageOf(tally), asked.limit) };
    case 'creations':
      return { question: 'creations', ...common, ...cut(creationsOf(tally.recent), asked.limit) };
    case 'ages':
      return { question: 'ages', ...common, ...cut(agesOf(tally), asked.limit) };
  }
}

/** At most so many items, and so many bytes. */
function cut<T>(all: readonly T[], limit: number): { items: readonly T[]; truncated: boolean } {
  const items: T[] = [];
  let bytes = 0;
  for (const item of all.slice(0, limit)) {
    bytes += utf8ToBytes(JSON.stringify(item)).length;
    if (bytes > mostBytes) break;
    items.push(item);
  }
  return { items, truncated: items.length < all.length };
}

const failureOf = ({ at, tool, action, error }: LogEntry): Failure => ({
  ...(at !== undefined && { at }),
  tool,
  action,
  ...(error !== undefined && { error }),
});

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** Most often first. */
const timeoutsOf = ({ tools }: LogTally): Timeouts[] =>
  [...tools]
    .filter(([, { timeouts }]) => timeouts > 0)
    .toSorted((a, b) => b[1].timeouts - a[1].timeouts || byName(a, b))
    .map(([tool, { timeouts, lastAt, lastError }]) => ({
      tool,
      timeouts,
      ...(lastAt !== undefined && { lastAt }),
      ...(lastError !== undefined && { lastError }),
    }));

/** Most used first, every tool of the log. */
export const usageOf = ({ tools }: LogTally): Usage[] =>
  [...tools]
    .toSorted((a, b) => b[1].runs - a[1].runs || byName(a, b))
    .map(([tool, counts]) => ({
      tool,
      runs: counts.runs,
      failed: counts.failed,
      created: createdOf(counts),
      ...(counts.lastAt !== undefined && { lastRunAt: counts.lastAt }),
    }));

/** A twin whose `create_tool` was lost still counts, and the other way round. */
const createdOf = ({ alone, twins, own }: ToolCount): number => alone + Math.max(twins, own);

function agesOf({ ages }: LogTally): AgeClass[] {
  return ages.flatMap(({ lines, bytes }, n) => {
    if (n > ageBorders.length) return lines === 0 ? [] : [{ fromDays: -1, lines, bytes }];
    const toDays = ageBorders[n];
    return [{ fromDays: ageBorders[n - 1] ?? 0, ...(toDays !== undefined && { toDays }), lines, bytes }];
  });
}
