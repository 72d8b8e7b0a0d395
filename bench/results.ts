/** `bench/results.json`: the last figures of each measure, as docs/performance.md shows them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Figures, Measure, Unit } from './measure.ts';

/** The circumstances under which a measure was begun. */
export interface Begun {
  readonly at: string;
  /** What else the machine did, as the average of the minute before. */
  readonly load: number;
}

export interface Row extends Omit<Figures, 'p99'>, Begun {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly p99?: number;
  readonly goal: string;
  readonly met: boolean;
}

export interface Results {
  /** Of the newest figures. */
  readonly at: string;
  readonly machine: string;
  readonly measures: readonly Row[];
}

export function rowOf(measure: Measure, figures: Figures, begun: Begun): Row {
  const { id, title, unit, goal } = measure;
  const { p99, ...rest } = figures;
  // Of a rate a high percentile would be the best moment.
  return { id, title, unit, ...rest, ...(unit !== '/s' && { p99 }), goal, met: measure.meets(figures), ...begun };
}

/** Puts new figures in the place of older ones, each with its date; what is measured no more goes. In the order of `all`. */
export function keepRow(row: Row, machine: string, all: readonly Measure[]): Results {
  const file = fileURLToPath(new URL('./results.json', import.meta.url));
  const before = JSON.parse(readFileSync(file, 'utf8')) as Results;
  const known = new Map([...before.measures, row].map((one) => [one.id, one]));
  const results = { at: row.at, machine, measures: all.flatMap(({ id }) => known.get(id) ?? []) };
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  return results;
}
