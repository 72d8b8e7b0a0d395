/** Reads JSON as bytes, one pass, nothing made of it: where a value ends, or where it stops making sense. */

/** Why a scan ended early. */
export interface Broken {
  /** The first byte that does not fit; the newline where the value was only cut off. */
  at: number;
  /** Where the last string before it opened, -1 for none. */
  text: number;
}

const [newline, quote, comma, colon, backslash] = [10, 34, 44, 58, 92] as const;
const [openObject, closeObject, openArray, closeArray] = [123, 125, 91, 93] as const;

/** Ends the quick way through a string: its end, an escape, a control character. */
const stops = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 32 || byte === quote || byte === backslash ? 1 : 0));
const escapes = bytesOf('"\\/bfnrt');
const hexDigits = bytesOf('0123456789abcdefABCDEF');
const digits = bytesOf('0123456789');

function bytesOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

/** What may come next. */
const [value, valueOrEnd, key, keyOrEnd, after] = [0, 1, 2, 3, 4] as const;

/** 1 for an object, 0 for an array, by depth; grows, and is never emptied. */
let containers = new Uint8Array(1024);

/**
 * The end of the JSON value that begins at `from`, or -1 with `broken` filled. White space within it ends at a newline: one line
 * is one value. A newline must stand somewhere behind `from`; UTF-8 is not looked at.
 */
export function scanValue(bytes: Uint8Array, from: number, broken: Broken): number {
  let at = from;
  let depth = 0;
  let next: number = value;
  let text = -1;
  const stop = (): number => {
    broken.at = at;
    broken.text = text;
    return -1;
  };
  for (;;) {
    let byte = bytes[at]!;
    while (byte === 32 || byte === 9 || byte === 13) byte = bytes[++at]!;
    if (next === after) {
      if (byte === comma) {
        next = containers[depth] === 1 ? key : value;
        at++;
        continue;
      }
      if (byte !== (containers[depth] === 1 ? closeObject : closeArray)) return stop();
      at++;
      if (--depth === 0) return at;
      continue;
    }
    if (byte === quote && next !== value && next !== valueOrEnd) {
      text = at;
      at = skipString(bytes, at + 1);
      if (at < 0) {
        at = -at - 1;
        return stop();
      }
      byte = bytes[at]!;
      while (byte === 32 || byte === 9 || byte === 13) byte = bytes[++at]!;
      if (byte !== colon) return stop();
      at++;
      next = value;
      continue;
    }
    if ((next === keyOrEnd && byte === closeObject) || (next === valueOrEnd && byte === closeArray)) {
      at++;
      if (--depth === 0) return at;
      next = after;
      continue;
    }
    if (next === key || next === keyOrEnd) return stop();
    if (byte === quote) {
      text = at;
      at = skipString(bytes, at + 1);
      if (at < 0) {
        at = -at - 1;
        return stop();
      }
    } else if (byte === openObject || byte === openArray) {
      if (++depth === containers.length) containers = grown(containers);
      containers[depth] = byte === openObject ? 1 : 0;
      next = byte === openObject ? keyOrEnd : valueOrEnd;
      at++;
      continue;
    } else {
      at = skipScalar(bytes, at, byte);
      if (at < 0) {
        at = -at - 1;
        return stop();
      }
    }
    if (depth === 0) return at;
    next = after;
  }
}

/** The byte behind the closing quote; where it breaks, that place as `-at - 1`. */
function skipString(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    while (stops[bytes[at]!] === 0) at++;
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    if (byte !== backslash) return -at - 1;
    const escaped = bytes[++at]!;
    if (escaped === 117) {
      for (let digit = 0; digit < 4; digit++) if (hexDigits[bytes[++at]!] !== 1) return -at - 1;
    } else if (escapes[escaped] !== 1) return -at - 1;
    at++;
  }
}

/** As `skipString`, for numbers, true, false and null. */
function skipScalar(bytes: Uint8Array, from: number, first: number): number {
  let at = from;
  const word = first === 116 ? 'true' : first === 102 ? 'false' : first === 110 ? 'null' : undefined;
  if (word !== undefined) {
    for (let n = 0; n < word.length; n++, at++) if (bytes[at] !== word.charCodeAt(n)) return -at - 1;
    return at;
  }
  if (first === 45) at++;
  if (digits[bytes[at]!] !== 1) return -at - 1;
  if (bytes[at] === 48) at++;
  else while (digits[bytes[at]!] === 1) at++;
  if (bytes[at] === 46) {
    if (digits[bytes[++at]!] !== 1) return -at - 1;
    while (digits[bytes[at]!] === 1) at++;
  }
  if (bytes[at] === 101 || bytes[at] === 69) {
    at++;
    if (bytes[at] === 43 || bytes[at] === 45) at++;
    if (digits[bytes[at]!] !== 1) return -at - 1;
    while (digits[bytes[at]!] === 1) at++;
  }
  return at;
}

function grown(table: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(table.length * 2);
  larger.set(table);
  return larger;
}

export const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 9 || byte === 13;
export const isNewline = (byte: number | undefined): boolean => byte === newline;
