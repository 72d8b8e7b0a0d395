/** Judges lines of a log: whole objects stay as they are, whole objects in damaged lines are saved, all else is rejected with a reason. */
import { isNewline, isSpace, scanValue, type Broken } from './json-scan.ts';
import type { RejectReason } from './repair-counts.ts';
import { isUtf8 } from './utf8.ts';

/** Takes what becomes of each byte, in order. Ranges are of the bytes that were given. */
export interface LineSink {
  /** Good lines, one or many, with their newlines, byte for byte. */
  keep(from: number, to: number, lines: number): void;
  /** A whole object in a damaged line: it becomes a line of its own. */
  salvage(from: number, to: number): void;
  /** `line` counts from 0 within what was given. */
  reject(line: number, from: number, to: number, reason: RejectReason): void;
  /** Newlines and white space that stand between what is kept and what is not. */
  separate(bytes: number): void;
  /** A line with nothing but white space. */
  blank(): void;
  /** A line that is not kept as it is; after its pieces. */
  damaged(): void;
}

const [openObject, closeObject, closeArray, comma] = [123, 125, 93, 44] as const;
const broken: Broken = { at: 0, text: -1 };

/** Judges the lines in `from`..`to`, of which the last byte is a newline. `knownUtf8`: all of it is. Answers the number of lines. */
export function judgeLines(bytes: Uint8Array, from: number, to: number, knownUtf8: boolean, sink: LineSink): number {
  let at = from;
  let line = 0;
  let run = from;
  let runLines = 0;
  while (at < to) {
    const end = goodLine(bytes, at, knownUtf8);
    if (end >= 0) {
      at = end + 1;
      runLines++;
    } else {
      if (runLines > 0) sink.keep(run, at, runLines);
      const newline = bytes.indexOf(10, at);
      // Ends with the line, so that no search goes beyond it.
      judgeDamaged(bytes.subarray(0, newline + 1), at, newline, line + runLines, sink);
      line += runLines + 1;
      at = newline + 1;
      run = at;
      runLines = 0;
    }
  }
  if (runLines > 0) sink.keep(run, at, runLines);
  return line + runLines;
}

/** Where the line's newline is, when all of it is one object; -1 otherwise. */
function goodLine(bytes: Uint8Array, from: number, knownUtf8: boolean): number {
  let start = from;
  while (isSpace(bytes[start])) start++;
  if (bytes[start] !== openObject) return -1;
  let at = scanValue(bytes, start, broken);
  if (at < 0) return -1;
  while (isSpace(bytes[at])) at++;
  return isNewline(bytes[at]) && (knownUtf8 || isUtf8(bytes, start, at)) ? at : -1;
}

/** Takes a line apart. Its newline at `end` counts as a separator. */
function judgeDamaged(bytes: Uint8Array, from: number, end: number, line: number, sink: LineSink): void {
  let at = from;
  let pieces = 0;
  let isBehindBroken = false;
  for (;;) {
    const start = at;
    while (at < end && isSpace(bytes[at])) at++;
    if (at > start) sink.separate(at - start);
    if (at >= end) break;
    pieces++;
    const next = pieceFrom(bytes, at, end, isBehindBroken);
    isBehindBroken = next.reason !== undefined && next.reason !== 'nul-bytes' && next.reason !== 'byte-order-mark';
    if (next.reason === undefined) sink.salvage(at, next.to);
    else sink.reject(line, at, next.to, next.reason);
    at = next.to;
  }
  sink.separate(1);
  if (pieces === 0) sink.blank();
  else sink.damaged();
}

/** The next piece of a damaged line: a whole object, or what has to go before the next one may begin. */
function pieceFrom(
  bytes: Uint8Array,
  at: number,
  end: number,
  isBehindBroken: boolean,
): { readonly to: number; readonly reason?: RejectReason } {
  if (bytes[at] === 0) {
    let to = at;
    while (to < end && bytes[to] === 0) to++;
    return { to, reason: 'nul-bytes' };
  }
  if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) return { to: at + 3, reason: 'byte-order-mark' };
  const to = scanValue(bytes, at, broken);
  if (to < 0) {
    const next = nextStart(bytes, at, end);
    const isText = isUtf8(bytes, at, next);
    return { to: next, reason: bytes[at] === openObject ? 'torn' : isText ? 'not-json' : 'invalid-utf-8' };
  }
  if (!isUtf8(bytes, at, to)) return { to, reason: 'invalid-utf-8' };
  if (bytes[at] !== openObject) return { to, reason: 'not-an-object' };
  return isBehindBroken && isPartOfMore(bytes, to) ? { to, reason: 'torn' } : { to };
}

/** What stands behind an object says that it is a part of a record whose beginning is lost. */
function isPartOfMore(bytes: Uint8Array, end: number): boolean {
  let at = end;
  while (isSpace(bytes[at])) at++;
  return bytes[at] === comma || bytes[at] === closeObject || bytes[at] === closeArray;
}

/** How the records of both writers begin. */
const beginnings = ['{"id":"audit_', '{"timestamp":"'].map((text) => Uint8Array.from(text, (one) => one.charCodeAt(0)));
/** Records in a piece that would be read as a part of it; more are not looked for. */
const mostTries = 64;

/** Where, behind a piece that breaks off (`broken` says where), the next object may begin. */
function nextStart(bytes: Uint8Array, from: number, end: number): number {
  const { at, text } = { ...broken };
  // Cut before a value, and a record glued on: read together they make sense until the end.
  let tries = 0;
  for (let start = recordAt(bytes, from + 1, at); start >= 0 && tries < mostTries; tries++) {
    if (scanValue(bytes, start, broken) >= 0) return start;
    start = recordAt(bytes, start + 1, at);
  }
  // Cut within a string, which then ended at the first quote of the next object.
  if (text >= 0 && at < end) {
    let start = at - 1;
    while (start > text && bytes[start] !== openObject) start--;
    const isNear = start > text && start > from && isQuoteNext(bytes, start);
    if (isNear && scanValue(bytes, start, broken) >= 0) return start;
  }
  for (let start = bytes.indexOf(openObject, Math.max(at, from + 1)); start >= 0 && start < end;) {
    if (isQuoteNext(bytes, start) || bytes[start + 1] === 125) return start;
    start = bytes.indexOf(openObject, start + 1);
  }
  const nul = bytes.indexOf(0, from);
  return nul > from && nul < end ? nul : end;
}

function isQuoteNext(bytes: Uint8Array, start: number): boolean {
  let at = start + 1;
  while (isSpace(bytes[at])) at++;
  return bytes[at] === 34;
}

/** The first beginning of a record in `from`..`to`, or -1. */
function recordAt(bytes: Uint8Array, from: number, to: number): number {
  for (let start = bytes.indexOf(openObject, from); start >= 0 && start < to; start = bytes.indexOf(openObject, start + 1)) {
    if (beginnings.some((beginning) => beginning.every((byte, n) => bytes[start + n] === byte))) return start;
  }
  return -1;
}
