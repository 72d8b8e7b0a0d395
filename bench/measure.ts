/** What a measure is: two things timed side by side, and a goal that is checked, not only said. */

export interface Measure {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** For people; `meets` is the same in code. */
  readonly goal: string;
  meets(figures: Figures): boolean;
  /** Whatever it starts it hands to `tidy`, which ends it in reverse order, also after Ctrl-C. */
  run(tidy: AsyncDisposableStack): Promise<Samples>;
}

export type Unit = 'ms' | '/s' | 'events' | 'commits';

export interface Samples {
  readonly ours: readonly number[];
  /** What somebody would do instead, timed in the same run. */
  readonly against?: { readonly title: string; readonly samples: readonly number[] };
}

export interface Figures {
  readonly median: number;
  /** With fewer than a hundred runs this is the worst one. */
  readonly p99: number;
  readonly runs: number;
  readonly against?: { readonly title: string; readonly median: number };
  /** Ours divided by the other; below 1 is faster where the unit is a time. */
  readonly ratio?: number;
}

export function figuresOf({ ours, against }: Samples): Figures {
  const median = round(quantile(ours, 0.5));
  const base = { median, p99: round(quantile(ours, 0.99)), runs: ours.length };
  if (against === undefined) return base;
  const other = quantile(against.samples, 0.5);
  return {
    ...base,
    against: { title: against.title, median: round(other) },
    ...(other > 0 && { ratio: Math.round((quantile(ours, 0.5) / other) * 100) / 100 }),
  };
}

/** Nearest rank: a figure that was really seen. */
function quantile(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  if (found === undefined) throw new Error('nothing was measured');
  return found;
}

const round = (value: number): number => Math.round(value * 10) / 10;
