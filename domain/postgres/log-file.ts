/** Names of the files of PostgreSQL's write-ahead log. */
import { bytesAhead } from './lsn.ts';

const hex = (n: number): string => n.toString(16).toUpperCase().padStart(8, '0');

/** The file that holds a position: timeline, then the how manieth file in two numbers, as `XLogFileName` writes it. */
export const fileOfLog = (timeline: number, position: string, fileBytes: number): string =>
  nthFile(timeline, Math.floor(bytesAhead('0/0', position) / fileBytes), fileBytes);

/** The file that ends right before a position; undefined where the position lies inside of one. */
export function fileEndingAt(timeline: number, position: string, fileBytes: number): string | undefined {
  const nth = bytesAhead('0/0', position) / fileBytes;
  return Number.isInteger(nth) && nth > 0 ? nthFile(timeline, nth - 1, fileBytes) : undefined;
}

function nthFile(timeline: number, nth: number, fileBytes: number): string {
  const perHigh = 2 ** 32 / fileBytes;
  return `${hex(timeline)}${hex(Math.floor(nth / perHigh))}${hex(nth % perHigh)}`;
}
