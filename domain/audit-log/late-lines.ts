/** What of bytes that came late belongs into the log: the same judgement as for all others. */
import { judgeLines, type LineSink } from './judge-lines.ts';

const newline = 10;

/** Good lines as they are and saved objects, each with its newline. The last line may lack its own. */
export function keptLines(bytes: Uint8Array): Uint8Array {
  const whole = bytes.at(-1) === newline ? bytes : withNewline(bytes);
  const kept: Uint8Array[] = [];
  const nothing = (): void => undefined;
  const sink: LineSink = {
    keep: (from, to) => kept.push(whole.subarray(from, to)),
    salvage: (from, to) => kept.push(withNewline(whole.subarray(from, to))),
    ...{ reject: nothing, separate: nothing, blank: nothing, damaged: nothing },
  };
  judgeLines(whole, 0, whole.length, false, sink);
  return concatenated(kept);
}

/** Whether bytes without a newline are one whole object. */
export const isWholeObject = (line: Uint8Array): boolean => line.length > 0 && keptLines(line).length === line.length + 1;

const withNewline = (bytes: Uint8Array): Uint8Array => concatenated([bytes, Uint8Array.of(newline)]);

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
