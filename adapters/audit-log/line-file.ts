/** A file of whole lines, each with its time, in the order of time. */
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { mergeLine } from '../../domain/audit-log/merge.ts';

const windowBytes = 1024 * 1024;
const newline = 10;

export class LineFile {
  readonly #fd: number;
  readonly #offsets: number[] | Float64Array;
  readonly #times: Float64Array;
  readonly #order: Uint32Array;
  #window = Buffer.alloc(0);
  #windowAt = 0;
  readonly size: number;
  /** Lines without a time, by their text. */
  readonly timeless = new Map<string, number>();

  /** `skip`: lines without a time that are not to count, as often as it says. */
  constructor(path: string, skip: ReadonlyMap<string, number> = new Map()) {
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    const left = new Map(skip);
    const offsets: number[] = [];
    const times: number[] = [];
    let last = -Infinity;
    for (const { at, bytes } of this.#all()) {
      const { text, time } = mergeLine(bytes.toString('utf8'));
      if (time === -Infinity) {
        const count = left.get(text) ?? 0;
        if (count > 0) {
          left.set(text, count - 1);
          continue;
        }
        this.timeless.set(text, (this.timeless.get(text) ?? 0) + 1);
      }
      // One without a time stays behind the one before it.
      last = time === -Infinity ? last : time;
      offsets.push(at, at + bytes.length);
      times.push(last);
    }
    this.#offsets = Float64Array.from(offsets);
    this.#times = Float64Array.from(times);
    this.size = times.length;
    this.#order = Uint32Array.from(times, (_, n) => n);
    if (times.some((time, n) => n > 0 && time < times[n - 1]!)) {
      this.#order.sort((a, b) => times[a]! - times[b]! || a - b);
    }
  }

  /** The time of the n-th line in the order of time. */
  time(n: number): number {
    return n < this.size ? this.#times[this.#order[n]!]! : Infinity;
  }

  /** The n-th line in the order of time, without its newline, and where it begins in the file. */
  line(n: number): { readonly text: string; readonly offset: number; readonly number: number } {
    const number = this.#order[n]!;
    const [from, to] = [this.#offsets[number * 2]!, this.#offsets[number * 2 + 1]!];
    if (from < this.#windowAt || to > this.#windowAt + this.#window.length) {
      const bytes = Buffer.allocUnsafe(Math.max(windowBytes, to - from));
      this.#windowAt = from;
      this.#window = bytes.subarray(0, readSync(this.#fd, bytes, 0, bytes.length, from));
    }
    return { text: this.#window.toString('utf8', from - this.#windowAt, to - this.#windowAt), offset: from, number };
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Every line, from the beginning. */
  *#all(): Generator<{ readonly at: number; readonly bytes: Buffer }> {
    let buffer = Buffer.allocUnsafe(windowBytes);
    let [start, filled] = [0, 0];
    for (;;) {
      const count = readSync(this.#fd, buffer, filled, buffer.length - filled, start + filled);
      filled += count;
      let from = 0;
      for (
        let at = buffer.subarray(0, filled).indexOf(newline);
        at >= 0;
        at = buffer.subarray(0, filled).indexOf(newline, from)
      ) {
        yield { at: start + from, bytes: buffer.subarray(from, at) };
        from = at + 1;
      }
      if (count === 0) return;
      buffer.copyWithin(0, from, filled);
      start += from;
      filled -= from;
      if (filled === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    }
  }
}
