/** Results as lines for a terminal. */
import type { Row } from './results.ts';

const columns = (cells: readonly string[]): string =>
  `${cells[0]!.padEnd(24)}${cells
    .slice(1, 6)
    .map((cell) => cell.padStart(11))
    .join('')}  ${cells[6]}`;

export const tableHead = columns(['measure', 'median', 'p99', 'runs', 'against', 'ratio', 'goal']);

export function tableLine({ id, unit, median, p99, runs, against, ratio, goal, met }: Row): string {
  const figure = (value: number | undefined): string => (value === undefined ? '-' : `${value} ${unit}`);
  const verdict = `${met ? 'met' : 'MISSED'}: ${goal}${against ? `; against ${against.title}` : ''}`;
  return columns([id, figure(median), figure(p99), String(runs), figure(against?.median), ratio?.toString() ?? '-', verdict]);
}
