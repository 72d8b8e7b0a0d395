/** `bench/results.json`: the last whole run, as docs/performance.md shows it. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Figures, Measure, Unit } from './measure.ts';

export interface Row extends Omit<Figures, 'p99'> {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly p99?: number;
  readonly goal: string;
  readonly met: boolean;
}

export interface Results {
  readonly at: string;
  readonly machine: string;
  readonly measures: readonly Row[];
}

export function rowOf(measure: Measure, figures: Figures): Row {
  const { id, title, unit, goal } = measure;
  const { p99, ...rest } = figures;
  // Of a rate a high percentile would be the best moment.
  return { id, title, unit, ...rest, ...(unit !== '/s' && { p99 }), goal, met: measure.meets(figures) };
}

export function writeResults(results: Results): void {
  const file = fileURLToPath(new URL('./results.json', import.meta.url));
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
}
