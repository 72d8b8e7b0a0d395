/** What a replacement of a log remembers between its attempts, and where late bytes are cut. */

/** Bytes of the old file that were brought over to the new one after the swap, and where they lie there. */
export interface Merged {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly bytes: number;
}

/** Kept durably before each effect, so that a successor knows which of them are done. */
export interface SwapJournal {
  readonly version: 1;
  /** Inodes; null where there was or comes nothing. */
  readonly old: string | null;
  readonly next: string | null;
  readonly keepAs: string;
  /** Bytes of the old file that the new one was made from. */
  readonly consumed: number;
  readonly merged: readonly Merged[];
  /** About to be appended: bytes of the old file, and how long the new one was then. */
  readonly pending?: { readonly from: number; readonly to: number; readonly live: number } | undefined;
  readonly settled: boolean;
}

const newline = 10;

/** Up to which byte of the old file everything is in the new one. */
export const broughtOver = ({ consumed, merged }: SwapJournal): number => merged.at(-1)?.to ?? consumed;

/** How many of these bytes are whole lines; all of them when nobody can finish the last one any more. */
export function wholeLines(bytes: Uint8Array, isFinal: boolean): number {
  return isFinal ? bytes.length : bytes.lastIndexOf(newline) + 1;
}

/** Remembers one more piece, as a part of the last one where it directly follows it on both sides. */
export function withMerged(merged: readonly Merged[], next: Merged): readonly Merged[] {
  const last = merged.at(-1);
  const follows = last !== undefined && last.to === next.from && (next.bytes === 0 || last.at + last.bytes === next.at);
  if (!follows) return [...merged, next];
  return [...merged.slice(0, -1), { ...last, to: next.to, bytes: last.bytes + next.bytes }];
}

/** Of an append that was cut short: how much of it, in whole lines, is there, when `isThere` can be asked about any beginning. */
export async function writtenPart(bytes: Uint8Array, isThere: (part: Uint8Array) => Promise<boolean>): Promise<number> {
  const ends = [0];
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) ends.push(at + 1);
  let [there, missing] = [0, ends.length];
  while (missing - there > 1) {
    const middle = (there + missing) >> 1;
    if (await isThere(bytes.subarray(0, ends[middle]))) there = middle;
    else missing = middle;
  }
  return ends[there]!;
}

/** Bytes that lie at `offset`, without those that were merged there. */
export function without(bytes: Uint8Array, offset: number, merged: readonly Merged[]): Uint8Array {
  const kept: number[][] = [];
  let at = 0;
  for (const piece of merged.toSorted((a, b) => a.at - b.at)) {
    const from = Math.max(at, piece.at - offset);
    const to = piece.at + piece.bytes - offset;
    if (piece.bytes === 0 || to <= at || from >= bytes.length) continue;
    kept.push([at, from]);
    at = Math.min(bytes.length, to);
  }
  kept.push([at, bytes.length]);
  const whole = new Uint8Array(kept.reduce((sum, [from, to]) => sum + to! - from!, 0));
  let end = 0;
  for (const [from, to] of kept) {
    whole.set(bytes.subarray(from, to), end);
    end += to! - from!;
  }
  return whole;
}
