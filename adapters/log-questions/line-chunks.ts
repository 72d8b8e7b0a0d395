/** Goes through the lines of a range in large chunks, each also as a string of its bytes, in which a search costs next to nothing. */

export interface Lines {
  /** Reads at a position; answers how much came. */
  readonly read: (into: Buffer, position: number, length: number) => number;
  readonly from: number;
  readonly to: number;
  readonly size: number;
  /** Only lines that hold this are shown. */
  readonly mark: string | undefined;
}

/** `text` has one character a byte; the line is `[start, end)` in both. */
type SeeLine = (chunk: Buffer, text: string, start: number, end: number, isFinished: boolean) => void;

/** Longer lines are not looked into. */
export const longestLine = 8 * 1024 * 1024;
const chunkBytes = longestLine + 4 * 1024 * 1024;
const step = 4 * 1024 * 1024;

/** Shows every line that begins at `from` or later and before `to`. `tooLong` is called for each that is longer than can be held. */
export function eachLine({ read, from, to, size, mark }: Lines, see: SeeLine, tooLong: () => void): void {
  const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, size - Math.max(0, from - 1) + 1));
  /** Position in the log of the chunk's first byte, and how many bytes it holds. */
  let base = Math.max(0, from - 1);
  let held = 0;
  // A line that began before the range belongs to the range before.
  let skipping = from > 0;
  for (;;) {
    const want = Math.min(step, size - base - held, chunk.length - 1 - held);
    const came = want > 0 ? read(chunk.subarray(held), base + held, want) : 0;
    held += came;
    const isLast = came === 0 || base + held >= size;
    const text = chunk.toString('latin1', 0, held);
    let at = 0;
    if (skipping) {
      const end = text.indexOf('\n');
      if (end >= 0) skipping = false;
      at = end < 0 ? held : end + 1;
    }
    const whole = text.lastIndexOf('\n') + 1;
    while (at < whole) {
      if (base + at >= to) return;
      let [start, end] = [at, -1];
      if (mark === undefined) end = text.indexOf('\n', at);
      else {
        const hit = text.indexOf(mark, at);
        if (hit < 0 || hit >= whole) break;
        start = Math.max(at, text.lastIndexOf('\n', hit) + 1);
        end = text.indexOf('\n', hit);
        if (base + start >= to) return;
      }
      if (end > start && !(end === start + 1 && text[start] === '\r')) see(chunk, text, start, end, true);
      at = end + 1;
    }
    at = Math.max(at, whole);
    if (isLast) {
      const rest = text.slice(at);
      if (rest !== '' && !skipping && base + at < to && (mark === undefined || rest.includes(mark))) {
        see(chunk, text, at, held, false);
      }
      return;
    }
    if (base + at >= to) return;
    if (held - at > longestLine) {
      tooLong();
      skipping = true;
      at = held;
    }
    chunk.copyWithin(0, at, held);
    base += at;
    held -= at;
  }
}
