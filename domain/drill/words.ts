/** The steps of a drill by the names that its score looks for, and what they leave as evidence. */

export const drillSteps = {
  prepare: 'prepare the drill',
  before: 'measure home',
  isolate: 'isolate home',
  failOver: 'fail over',
  after: 'measure the other side',
  lift: 'lift the isolation',
  wayHome: 'plan the way home',
  verify: 'verify',
} as const;

/** How a side answered so many requests, one after the other. */
export interface Measured {
  readonly requests: number;
  /** Not answered as they should be; they have no time. */
  readonly failed: number;
  /** Milliseconds; there unless all failed. */
  readonly medianMs?: number;
  readonly p95Ms?: number;
}

/** Of the times of all that were answered well, in any order. */
export function measuredOf(requests: number, times: readonly number[]): Measured {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
  const found = sorted.length === 0 ? {} : { medianMs: at(0.5), p95Ms: at(0.95) };
  return { requests, failed: requests - sorted.length, ...found };
}
