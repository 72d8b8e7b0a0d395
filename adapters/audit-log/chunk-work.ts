/** What the threads that judge a log share: who takes which chunk next, and where each chunk's output begins. */
import { countWidth } from '../../domain/audit-log/repair-counts.ts';

export interface Work {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly chunkBytes: number;
  readonly chunks: number;
  readonly keptPath?: string | undefined;
  readonly rejectedPath?: string | undefined;
  /** `takeAt`: the next chunk to take, and how many chunks know where their output begins. */
  readonly turns: SharedArrayBuffer;
  /** Per chunk, and one more: bytes kept before it, bytes rejected before it, number of its first line. */
  readonly bases: SharedArrayBuffer;
  /** Per chunk: its counts. */
  readonly counts: SharedArrayBuffer;
  /** Per chunk: 1 once its output is written. */
  readonly done: SharedArrayBuffer;
}

export const baseWidth = 3;
export const bytesPerChunk = { base: baseWidth * 8, counts: countWidth * 8, done: 4 } as const;

/** Waits until the chunk's place is known, and tells the next one's when `lengths` is. In order, whichever thread is faster. */
export class Turns {
  readonly #turns: Int32Array;
  readonly #bases: Float64Array;

  constructor({ turns, bases }: Pick<Work, 'turns' | 'bases'>) {
    this.#turns = new Int32Array(turns);
    this.#bases = new Float64Array(bases);
  }

  /** The number of a chunk that nobody has taken yet. */
  take(): number {
    return Atomics.add(this.#turns, 0, 1);
  }

  begin(chunk: number): readonly [keptAt: number, rejectedAt: number, line: number] {
    for (let known = Atomics.load(this.#turns, 1); known < chunk; known = Atomics.load(this.#turns, 1)) {
      Atomics.wait(this.#turns, 1, known);
    }
    const at = chunk * baseWidth;
    return [this.#bases[at]!, this.#bases[at + 1]!, this.#bases[at + 2]!];
  }

  end(chunk: number, next: readonly [number, number, number]): void {
    this.#bases.set(next, (chunk + 1) * baseWidth);
    Atomics.store(this.#turns, 1, chunk + 1);
    Atomics.notify(this.#turns, 1);
  }
}
