/** One creation leaves up to three lines, in the order in which two writers got to it; here they become one again. */
import type { Creation, LogEntry } from './words.ts';
import { isTwin } from './log-entry.ts';

/** The notes of one creation are written within moments. */
const momentMs = 10_000;

interface Growing {
  creation: Creation;
  actions: Set<string>;
}

/** `entries` are creations by place in the log; the answer is the newest first. */
export function creationsOf(entries: readonly LogEntry[]): Creation[] {
  const found: Growing[] = [];
  const open = new Map<string, Growing>();
  for (const entry of entries) {
    const key = entry.toolId ?? entry.tool;
    const word = isTwin(entry) ? 'twin' : entry.action === 'tool.create' ? undefined : entry.action;
    const growing = open.get(key);
    if (word !== undefined && growing && !growing.actions.has(word) && isSameMoment(growing.creation, entry)) {
      growing.actions.add(word);
      growing.creation = together(growing.creation, entry);
      continue;
    }
    const fresh: Growing = { creation: creationOf(entry), actions: new Set(word === undefined ? [] : [word]) };
    found.push(fresh);
    // What the library notes by itself has no twin.
    if (word === undefined) open.delete(key);
    else open.set(key, fresh);
  }
  return found.map(({ creation }) => creation).toReversed();
}

const creationOf = ({ at, tool, toolId, actor, failed, action }: LogEntry): Creation => ({
  ...(at !== undefined && { at }),
  tool,
  ...(toolId !== undefined && { toolId }),
  ...(actor !== undefined && { actor }),
  failed,
  highStakes: action === 'high_stakes_tool_creation',
});

const together = (creation: Creation, entry: LogEntry): Creation => ({
  ...creation,
  ...(entry.actor !== undefined && { actor: entry.actor }),
  failed: creation.failed || entry.failed,
  highStakes: creation.highStakes || entry.action === 'high_stakes_tool_creation',
});

/** Without times, neighbours are believed. */
function isSameMoment({ at }: Creation, entry: LogEntry): boolean {
  const apart = Math.abs(Date.parse(at ?? '') - Date.parse(entry.at ?? ''));
  return Number.isNaN(apart) || apart <= momentMs;
}
