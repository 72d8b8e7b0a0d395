/** The search for the last moment at which all was well, by halves. */

/** Commits closer together than this are not told apart. */
export const finestMs = 1_000;

/** ISO. Undefined where the two are as close as it gets. */
export function halfWay(good: string, bad: string): string | undefined {
  const [from, to] = [Date.parse(good), Date.parse(bad)];
  return to - from <= finestMs ? undefined : new Date(from + Math.floor((to - from) / 2)).toISOString();
}
