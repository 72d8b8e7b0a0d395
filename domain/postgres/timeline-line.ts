/** The line of timelines that a recovery follows: the newest one, and those that it came from, each as far as it was left. */
import { fileAt, isHistory, isLogFile, placeOf, timelineOf } from './log-files.ts';

/** A timeline, and the position at which the next one of the line left it. */
interface Origin {
  readonly timeline: number;
  readonly left: string;
}

/** Name of the history that tells the line; undefined where there is one timeline alone, or where the newest one tells nothing. */
export function historyOf(names: readonly string[]): string | undefined {
  const newest = names.filter(isHistory).toSorted().at(-1);
  const isOlder = (name: string): boolean => newest !== undefined && timelineOf(name) > timelineOf(newest);
  return names.filter(isLogFile).some(isOlder) ? undefined : newest;
}

/**
 * Of archived files those on the line that `history` with its `text` tells, and every history. What was written behind the place
 * where a timeline was left is another past: its names may go further than those of the line.
 * https://www.postgresql.org/docs/current/continuous-archiving.html#BACKUP-TIMELINES
 */
export function onLine(names: readonly string[], history: string, text: string, fileBytes: number): string[] {
  const origins = originsIn(text);
  const isOn = (name: string): boolean =>
    timelineOf(name) === timelineOf(history) ||
    // The file in which it was left stands on the next timeline too, with what that one made of it.
    origins.some(
      ({ timeline, left }) => timelineOf(name) === timeline && placeOf(name) < placeOf(fileAt(timeline, left, fileBytes)),
    );
  return names.filter((name) => isHistory(name) || (isLogFile(name) && isOn(name)));
}

function originsIn(text: string): Origin[] {
  const lines = text.split('\n').map((line) => /^(\d+)\s+([0-9A-F]+\/[0-9A-F]+)(?:\s|$)/.exec(line));
  return lines.flatMap((found) => (found ? [{ timeline: Number(found[1]), left: found[2]! }] : []));
}
