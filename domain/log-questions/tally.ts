/** What is kept while a log streams by: counts and the last few lines. Tallies of neighbouring ranges are put together again. */
import { isCreation, isRun, isTimeout, isTwin } from './log-entry.ts';
import type { AskedQuestion, LogEntry } from './words.ts';

export interface ToolCount {
  runs: number;
  failed: number;
  timeouts: number;
  /** Creations by who noted them: the library alone, the library for the extension, the extension. */
  alone: number;
  twins: number;
  own: number;
  lastAt: string | undefined;
  lastError: string | undefined;
}

/** Plain data, so that it can pass between threads. */
export interface LogTally {
  damaged: number;
  readonly tools: Map<string, ToolCount>;
  /** By place in the log, the last ones. */
  recent: LogEntry[];
  /** Lines and bytes by age class, youngest first; last the lines without a time. */
  readonly ages: { lines: number; bytes: number }[];
}

/** Borders between the classes of age, in days. */
export const ageBorders: readonly number[] = [1, 7, 30, 90, 365];
export const dayMs = 86_400_000;

/** More names than any store holds; beyond it a log is being flooded, and memory stays flat. */
const mostTools = 10_000;
export const otherTools = '(others)';

export const emptyTally = (): LogTally => ({
  damaged: 0,
  tools: new Map(),
  recent: [],
  ages: Array.from({ length: ageBorders.length + 2 }, () => ({ lines: 0, bytes: 0 })),
});

/** Up to three lines make one creation. */
const recentKept = ({ limit }: AskedQuestion): number => 3 * (limit + 1);

/** Counts one line. `bytes` with its line end. */
export function count(tally: LogTally, asked: AskedQuestion, entry: LogEntry, bytes: number): void {
  const { question } = asked;
  if (question === 'ages') {
    const aged = tally.ages[ageClass(entry.at, asked.now)]!;
    aged.lines += 1;
    aged.bytes += bytes;
    return;
  }
  if (asked.since !== undefined && !(instantOf(entry.at) >= asked.since)) return;
  if (question === 'failures' ? entry.failed : question === 'creations' && isCreation(entry)) {
    tally.recent.push(entry);
    if (tally.recent.length > 2 * recentKept(asked)) tally.recent = tally.recent.slice(-recentKept(asked));
  } else if (question === 'timeouts' && isTimeout(entry)) {
    const tool = toolOf(tally, entry.tool);
    tool.timeouts += 1;
    [tool.lastAt, tool.lastError] = [entry.at, entry.error];
  } else if (question === 'usage') countUse(tally, entry);
}

function countUse(tally: LogTally, entry: LogEntry): void {
  if (isRun(entry)) {
    const tool = toolOf(tally, entry.tool);
    tool.runs += 1;
    if (entry.failed) tool.failed += 1;
    tool.lastAt = entry.at;
  } else if (entry.action === 'create_tool') toolOf(tally, entry.tool).own += 1;
  else if (entry.action === 'tool.create') toolOf(tally, entry.tool)[isTwin(entry) ? 'twins' : 'alone'] += 1;
}

const instantOf = (at: string | undefined): number => (at === undefined ? NaN : Date.parse(at));

/** Index into `ages`; what lies in the future is young. */
function ageClass(at: string | undefined, now: number): number {
  const written = at === undefined ? undefined : isWritten(at) ? at : asWritten(at);
  if (written === undefined) return ageBorders.length + 1;
  const youngest = instantsOfBorders(now).findIndex((border) => written > border);
  return youngest < 0 ? ageBorders.length : youngest;
}

/** As both writers write instants; such texts are in the order of their times, and to compare them costs a tenth of parsing. */
const isWritten = (at: string): boolean => at.length === 24 && at[23] === 'Z' && at[10] === 'T';
function asWritten(at: string): string | undefined {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

let borders: { readonly now: number; readonly instants: readonly string[] } = { now: NaN, instants: [] };
function instantsOfBorders(now: number): readonly string[] {
  if (borders.now !== now) borders = { now, instants: ageBorders.map((days) => new Date(now - days * dayMs).toISOString()) };
  return borders.instants;
}

function toolOf({ tools }: LogTally, name: string): ToolCount {
  const known = tools.get(name);
  if (known) return known;
  const key = tools.size >= mostTools ? otherTools : name;
  const made = tools.get(key) ?? {
    ...{ runs: 0, failed: 0, timeouts: 0, alone: 0, twins: 0, own: 0 },
    ...{ lastAt: undefined, lastError: undefined },
  };
  tools.set(key, made);
  return made;
}

/** `later` comes after `tally` in the log and goes into it. */
export function putTogether(tally: LogTally, later: LogTally, asked: AskedQuestion): LogTally {
  tally.damaged += later.damaged;
  for (const [name, more] of later.tools) {
    const tool = toolOf(tally, name);
    for (const what of ['runs', 'failed', 'timeouts', 'alone', 'twins', 'own'] as const) tool[what] += more[what];
    tool.lastAt = more.lastAt ?? tool.lastAt;
    tool.lastError = more.lastError ?? tool.lastError;
  }
  tally.recent = [...tally.recent, ...later.recent].slice(-recentKept(asked));
  later.ages.forEach(({ lines, bytes }, n) => {
    tally.ages[n]!.lines += lines;
    tally.ages[n]!.bytes += bytes;
  });
  return tally;
}
