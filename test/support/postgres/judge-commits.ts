/** What acknowledged commits prove of the servers that took them; times are milliseconds of one clock. */

export interface Commit {
  /** In the table where it is not lost. */
  readonly id: string;
  readonly node: string;
  readonly sent: number;
  readonly acknowledged: number;
}

export interface Window {
  readonly from: number;
  readonly until: number;
  readonly nodes: readonly [string, string];
}

/**
 * Windows of so many milliseconds in which two nodes acknowledged. A node accepts from its first to its last acknowledgement,
 * as long as no two of them are `ms` apart; so a hand-over is none, however quick, where the one ended before the other began.
 */
export function windowsWithTwo(commits: readonly Commit[], ms: number): Window[] {
  const nodes = [...new Set(commits.map(({ node }) => node))].toSorted();
  const all = nodes.map((node) => ({ node, stretches: stretchesOf(commits, node, ms) }));
  const pairs = all.flatMap((one, n) => all.slice(n + 1).map((other) => [one, other] as const));
  return pairs
    .flatMap(([one, other]) =>
      overlaps(one.stretches, other.stretches).flatMap(({ from, until }) =>
        Array.from({ length: Math.floor((until - from) / ms) + 1 }, (_, n): Window => {
          return { from: from + n * ms, until: from + (n + 1) * ms, nodes: [one.node, other.node] };
        }),
      ),
    )
    .toSorted((a, b) => a.from - b.from);
}

interface Stretch {
  readonly from: number;
  readonly until: number;
}

function stretchesOf(commits: readonly Commit[], node: string, ms: number): Stretch[] {
  const times = acknowledgedBy(commits, node).map(({ acknowledged }) => acknowledged);
  const starts = times.filter((time, n) => n === 0 || time - times[n - 1]! >= ms);
  return starts.map((from, n) => ({ from, until: times.findLast((time) => time < (starts[n + 1] ?? Infinity))! }));
}

const overlaps = (some: readonly Stretch[], others: readonly Stretch[]): Stretch[] =>
  some
    .flatMap((one) => others.map((other) => ({ from: Math.max(one.from, other.from), until: Math.min(one.until, other.until) })))
    .filter(({ from, until }) => from <= until);

export const inOrder = (commits: readonly Commit[]): Commit[] => commits.toSorted((a, b) => a.acknowledged - b.acknowledged);

export const acknowledgedBy = (commits: readonly Commit[], node: string): Commit[] =>
  inOrder(commits.filter((commit) => commit.node === node));

/** Each time that another node acknowledged than the one before: one for a failover, three where an old primary woke up meanwhile. */
export function handOvers(commits: readonly Commit[]): { readonly from: string; readonly to: string; readonly at: number }[] {
  const ordered = inOrder(commits);
  return ordered.flatMap(({ node, acknowledged }, n) => {
    const before = ordered[n - 1];
    return before === undefined || before.node === node ? [] : [{ from: before.node, to: node, at: acknowledged }];
  });
}

/** The first that was acknowledged at that moment or later. */
export const firstCommitAfter = (commits: readonly Commit[], node: string, at: number): Commit | undefined =>
  acknowledgedBy(commits, node).find(({ acknowledged }) => acknowledged >= at);

/** The longest time without any acknowledgement between two of them, from `at` on. */
export function longestPause(commits: readonly Commit[], at: number): number {
  const times = inOrder(commits).map(({ acknowledged }) => acknowledged);
  return Math.max(0, ...times.map((time, n) => (n > 0 && time >= at ? time - times[n - 1]! : 0)));
}

/** What was acknowledged and is not among `present`: before that moment, and at it or later. */
export function missingFrom(commits: readonly Commit[], present: ReadonlySet<string>, at: number) {
  const lost = inOrder(commits).filter(({ id }) => !present.has(id));
  return {
    before: lost.filter(({ acknowledged }) => acknowledged < at),
    after: lost.filter(({ acknowledged }) => acknowledged >= at),
  };
}
