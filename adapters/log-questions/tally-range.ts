/** Counts the lines that begin within a range of an open log: whole chunks are searched, and only lines that may matter are looked at. */
import { readSync } from 'node:fs';
import { entryOf, unnamed } from '../../domain/log-questions/log-entry.ts';
import { count, emptyTally, type LogTally } from '../../domain/log-questions/tally.ts';
import type { AskedQuestion, LogEntry } from '../../domain/log-questions/words.ts';
import { eachLine } from './line-chunks.ts';

export interface LogRange {
  readonly fd: number;
  readonly from: number;
  readonly to: number;
  /** Bytes of the log: lines that begin in the range are read beyond it, but not beyond this. */
  readonly size: number;
  readonly asked: AskedQuestion;
}

/** What a line must hold to matter to a question that few lines matter to. */
const marks = { failures: 'false', timeouts: 'false', creations: 'creat' } as const;

/** Blocks its thread until it is through. */
export function tallyRange({ fd, from, to, size, asked }: LogRange): LogTally {
  const tally = emptyTally();
  const { question } = asked;
  const plain = new Set<string>();
  const mark = question === 'usage' || question === 'ages' ? undefined : marks[question];
  const read = (into: Buffer, position: number, length: number): number => readSync(fd, into, 0, length, position);
  eachLine(
    { read, from, to, size, mark },
    (chunk, text, start, end, isFinished) => {
      const bytes = end - start + 1;
      const simple = mark === undefined ? readSimple(text, start, end, plain) : undefined;
      const entry = simple ?? readAny(chunk, start, end);
      if (entry !== undefined) count(tally, asked, entry, bytes);
      else if (isFinished) {
        tally.damaged += 1;
        // Bytes of damaged lines are still bytes.
        if (question === 'ages') count(tally, asked, unreadable, bytes);
      }
    },
    () => (tally.damaged += 1),
  );
  return tally;
}

const unreadable: LogEntry = {
  at: undefined,
  action: '',
  tool: unnamed,
  toolId: undefined,
  actor: undefined,
  failed: false,
  error: undefined,
};

/** The line as JSON in UTF-8. */
function readAny(chunk: Buffer, start: number, end: number): LogEntry | undefined {
  try {
    return entryOf(JSON.parse(chunk.toString('utf8', start, end)));
  } catch {
    return undefined;
  }
}

const word = String.raw`"([^"\\\x00-\x1f]*)"`;
const any = word.replace('(', '(?:');
const inner = String.raw`[^{}"\\\x00-\x1f]*`;
const details = String.raw`(?:,"details":\{${inner}(?:${any}${inner})*\})?`;
const error = `(?:,"error(?:Message)?":${any})?`;
/** Fields in the order in which the writers write them, and details without objects in them: a fraction of the price of parsing. */
const simple = new RegExp(
  String.raw`\{(?:"id":${any},)?"timestamp":${word},"action":${word}(?:,"toolId":${word})?(?:,"toolName":${word})?(?:,"actor":${word})?` +
    String.raw`${details}(?:,"success":(true|false))?${error}${details}${error}\}\r?\n`,
  'y',
);
const plainName = /^[\x20-\x7e]{1,200}$/;

/** `text` has the bytes of the chunk as characters. Undefined for a line that is not that simple; the error is left out. */
function readSimple(text: string, start: number, end: number, plain: Set<string>): LogEntry | undefined {
  simple.lastIndex = start;
  const found = simple.exec(text);
  if (found === null || simple.lastIndex !== end + 1) return undefined;
  const tool = found[4] || found[3] || unnamed;
  if (!plain.has(tool)) {
    if (!plainName.test(tool)) return undefined;
    if (plain.size < 10_000) plain.add(tool);
  }
  return {
    at: found[1],
    action: found[2]!,
    tool,
    toolId: found[3],
    actor: found[5],
    failed: found[6] === 'false',
    error: undefined,
  };
}
