/** Counts lines while bytes pass by. */

export class LineCounter {
  #ends = 0;
  #last = 10;

  take(chunk: Buffer): void {
    if (chunk.length === 0) return;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) this.#ends++;
    this.#last = chunk[chunk.length - 1]!;
  }

  /** An unfinished last line counts. */
  get count(): number {
    return this.#ends + (this.#last === 10 ? 0 : 1);
  }
}
