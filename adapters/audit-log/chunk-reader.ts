/** Reads the lines that begin in a chunk of a log, whole. */
import { readSync } from 'node:fs';

/** A longer line is no record: it is rejected in pieces instead of being held. */
export const longestLine = 32 * 1024 * 1024;
const moreBytes = 256 * 1024;
const newline = 10;

export interface ChunkLines {
  /** Ends with a newline, unless it is empty or `tooLong`. */
  readonly bytes: Buffer;
  /** Where it begins in the file. */
  readonly offset: number;
  /** The last newline is ours: the file ends without one. */
  readonly isAdded: boolean;
  /** Behind `bytes`, a line that is too long: its end in the file, newline included. */
  readonly tooLongTo?: number;
}

/** `buffer` is used again for the next chunk. */
export class ChunkReader {
  readonly #fd: number;
  readonly #to: number;
  #buffer: Buffer;

  constructor(fd: number, to: number, chunkBytes: number) {
    this.#fd = fd;
    this.#to = to;
    this.#buffer = Buffer.allocUnsafe(chunkBytes + moreBytes + 2);
  }

  /** Lines that begin in `start`..`end`; `isFirst` where a line begins at `start` for sure. */
  read(start: number, end: number, isFirst: boolean): ChunkLines {
    const offset = isFirst ? start : start - 1;
    let length = this.#fill(0, offset, Math.min(this.#to, end + moreBytes) - offset);
    const first = isFirst ? 0 : this.#buffer.subarray(0, length).indexOf(newline) + 1;
    const nominal = end - offset;
    if (!isFirst && (first === 0 || first >= nominal)) return { bytes: this.#buffer.subarray(0, 0), offset: end, isAdded: false };
    // The last line of the chunk is the one that holds the byte before its end.
    const last = Math.max(first, this.#buffer.subarray(0, nominal - 1).lastIndexOf(newline) + 1);
    for (;;) {
      const found = this.#buffer.subarray(0, length).indexOf(newline, nominal - 1);
      const lineTo = found >= 0 ? found : length;
      if (lineTo - last > longestLine) {
        return { ...this.#lines(first, last, offset), tooLongTo: this.#lineEnd(offset + nominal - 1) };
      }
      if (found >= 0) return this.#lines(first, found + 1, offset);
      if (offset + length >= this.#to) {
        this.#buffer[length] = newline;
        return { ...this.#lines(first, length + 1, offset), isAdded: true };
      }
      const more = Math.min(this.#to - offset - length, length, last + longestLine + 1 - length);
      length += this.#fill(length, offset + length, more);
    }
  }

  #lines(from: number, to: number, offset: number): ChunkLines {
    return { bytes: this.#buffer.subarray(from, to), offset: offset + from, isAdded: false };
  }

  /** Reads to `at` of the buffer, making it larger where needed. */
  #fill(at: number, position: number, bytes: number): number {
    if (at + bytes + 1 > this.#buffer.length) {
      // At once as large as any line may need: memory that is not touched costs nothing.
      const larger = Buffer.allocUnsafe(this.#buffer.length + longestLine);
      this.#buffer.copy(larger, 0, 0, at);
      this.#buffer = larger;
    }
    let filled = 0;
    while (filled < bytes) {
      const count = readSync(this.#fd, this.#buffer, at + filled, bytes - filled, position + filled);
      if (count === 0) throw new Error('the log became shorter while it was read');
      filled += count;
    }
    return filled;
  }

  #lineEnd(from: number): number {
    const piece = Buffer.allocUnsafe(1024 * 1024);
    for (let at = from; at < this.#to;) {
      const count = readSync(this.#fd, piece, 0, Math.min(piece.length, this.#to - at), at);
      const found = piece.subarray(0, count).indexOf(newline);
      if (found >= 0) return at + found + 1;
      if (count === 0) break;
      at += count;
    }
    return this.#to;
  }
}
