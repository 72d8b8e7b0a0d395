/** The lines of a zone file as its grammar has them: over several lines of text within parentheses, without comments. */
import { refusedAt } from './zone-file-refused.ts';

export interface ZoneWord {
  /** As it is written, without quotes; nothing that a backslash hides is resolved. */
  readonly text: string;
  readonly isQuoted: boolean;
  /** Where it begins and ends in the text of the file. */
  readonly from: number;
  readonly to: number;
}

export interface ZoneLine {
  /** Never empty. */
  readonly words: readonly ZoneWord[];
  readonly isIndented: boolean;
  /** Of its first line of text, from 1. */
  readonly line: number;
  readonly from: number;
  /** After its last line of text, the break included. */
  readonly to: number;
}

/** A quoted word, a comment, a break of line, a parenthesis, space, or a plain word; a backslash hides what follows. */
const piece = /"((?:[^"\\\n]|\\[^\n])*)"|(;[^\n]*)|(\r?\n)|([()])|([ \t\f\v]+)|((?:[^\s"();\\]|\\[^\n])+)|[^]/gy;

/** Those with nothing but a comment are left out. Fails: zone-file-refused. */
export function linesOf(text: string): ZoneLine[] {
  const found: ZoneLine[] = [];
  let words: ZoneWord[] = [];
  let [from, line, first, depth] = [0, 1, 1, 0];
  const end = (to: number): void => {
    if (words.length > 0) found.push({ words, isIndented: /[ \t]/.test(text[from]!), line: first, from, to });
    [words, from, first] = [[], to, line];
  };
  for (const { 0: all, 1: quoted, 2: comment, 3: lineBreak, 4: parenthesis, 5: space, 6: plain, index } of text.matchAll(piece)) {
    const to = index + all.length;
    if (lineBreak !== undefined) {
      line += 1;
      if (depth === 0) end(to);
    } else if (parenthesis !== undefined) {
      depth += parenthesis === '(' ? 1 : -1;
      if (depth < 0) throw refusedAt(line, 'a ")" too many', '")" が余分です');
    } else if (quoted !== undefined || plain !== undefined) {
      words.push({ text: quoted ?? plain!, isQuoted: quoted !== undefined, from: index, to });
    } else if (comment === undefined && space === undefined) {
      throw refusedAt(line, `${JSON.stringify(all)} is not understood here`, `${JSON.stringify(all)} には対応していません`);
    }
  }
  if (depth > 0) throw refusedAt(first, 'a "(" that is never closed', '"(" が閉じられていません');
  end(text.length);
  return found;
}
