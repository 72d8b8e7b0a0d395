/** Reads a local file piece by piece, hashing each piece and the whole on the way. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { FileHash } from '../../activities/ports/file-tree.ts';
import { LineCounter } from '../files/line-counter.ts';
import { chunkBytes } from '../files/read-files.ts';

export interface Part {
  readonly bytes: Buffer<ArrayBuffer>;
  /** Of these bytes. */
  readonly sha256: Buffer;
  /** Nothing comes after it. */
  readonly last: boolean;
}

export class PartReader {
  readonly #file: FileHandle;
  readonly #limit: number;
  readonly #whole = createHash('sha256');
  readonly #lines = new LineCounter();
  #bytes = 0;

  /** Reads at most `limit` bytes. */
  constructor(file: FileHandle, limit: number) {
    this.#file = file;
    this.#limit = limit;
  }

  /** Fills `buffer` as far as there is something; the part is a view of it. */
  async next(buffer: Buffer<ArrayBuffer>, signal: AbortSignal | undefined): Promise<Part> {
    const hash = createHash('sha256');
    let filled = 0;
    let last = false;
    while (!last && filled < buffer.length) {
      signal?.throwIfAborted();
      const wanted = Math.min(chunkBytes, buffer.length - filled, this.#limit - this.#bytes);
      const { bytesRead } = await this.#file.read(buffer, filled, wanted, this.#bytes);
      const piece = buffer.subarray(filled, filled + bytesRead);
      hash.update(piece);
      this.#whole.update(piece);
      this.#lines.take(piece);
      filled += bytesRead;
      this.#bytes += bytesRead;
      // A regular file gives less than asked for only at its end.
      last = bytesRead < wanted || this.#bytes >= this.#limit;
    }
    return { bytes: buffer.subarray(0, filled), sha256: hash.digest(), last };
  }

  /** Of everything read; once. */
  digest(): FileHash {
    return { bytes: this.#bytes, sha256: this.#whole.digest('hex'), lines: this.#lines.count };
  }
}
