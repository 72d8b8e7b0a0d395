/** Writes rejected pieces as records of the quarantine: their size is known before any is written, and few are in memory at once. */
import { writeSync } from 'node:fs';
import type { RejectReason } from '../../domain/audit-log/repair-counts.ts';

/** A piece within the bytes that were judged, which begin at some offset of the file. */
export interface Reject {
  /** From 0, within what was judged. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly reason: RejectReason;
}

/** Where the bytes that were judged stand in the file. */
export interface Judged {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly firstLine: number;
}

/** A piece is quarantined in records of at most so many bytes. */
export const pieceBytes = 1024 * 1024;
const flushBytes = 1024 * 1024;
const end = '"}\n';

const parts = ({ from, to }: Reject): number => Math.ceil((to - from) / pieceBytes);

/** Everything of a record before its base64, which is plain ASCII. */
function head({ line, from, to, reason }: Reject, { offset, firstLine }: Judged, part: number): string {
  const at = from + part * pieceBytes;
  const bytes = Math.min(pieceBytes, to - at);
  return `{"line":${firstLine + line},"offset":${offset + at},"bytes":${bytes},"reason":"${reason}","base64":"`;
}

/** Bytes of all records. */
export function recordBytes(rejects: readonly Reject[], judged: Judged): number {
  let sum = 0;
  for (const reject of rejects) {
    for (let part = 0; part < parts(reject); part++) {
      const bytes = Math.min(pieceBytes, reject.to - reject.from - part * pieceBytes);
      sum += head(reject, judged, part).length + Math.ceil(bytes / 3) * 4 + end.length;
    }
  }
  return sum;
}

export function writeRecords(fd: number, rejects: readonly Reject[], judged: Judged, at: number): void {
  let place = at;
  let waiting = '';
  const flush = (): void => {
    place += writeAll(fd, Buffer.from(waiting, 'latin1'), place);
    waiting = '';
  };
  for (const reject of rejects) {
    for (let part = 0; part < parts(reject); part++) {
      const from = reject.from + part * pieceBytes;
      const piece = judged.bytes.toString('base64', from, Math.min(reject.to, from + pieceBytes));
      waiting += head(reject, judged, part) + piece + end;
      if (waiting.length > flushBytes) flush();
    }
  }
  flush();
}

/** Answers how many bytes that were. */
export function writeAll(fd: number, bytes: Uint8Array, at: number): number {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(fd, bytes, written, bytes.length - written, at + written);
  }
  return bytes.length;
}
