/** Chance that can be repeated. */
import process from 'node:process';

/** Said in the name of each test that draws. The tests draw the same every time; `npm run soak` draws anew. */
export const crashSeed = Number(process.env['CRASH_SEED'] ?? 1);

/** Whether nothing is left to chance that a sweep of the tests draws. */
export const isSoak = process.env['CRASH_SOAK'] !== undefined;

/** The same numbers for the same seed, evenly from 0 to below 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
