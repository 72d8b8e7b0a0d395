/** Puts the last figures of each measure into docs/performance.md, between its two marks. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Results, Row } from './results.ts';

const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const [begin, end] = ['<!-- figures: written by npm run bench -->', '<!-- end of figures -->'];

export function writeFigures({ machine, measures }: Results): void {
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/performance.md lacks ${begin} … ${end}`);
  const head = [
    `${machine}. Each line has its own date, and the load of the minute before it.`,
    '',
    '| measure | median | p99 | instead | median | ratio | goal | | measured |',
    '|---|--:|--:|---|--:|--:|---|---|---|',
  ];
  writeFileSync(page, [`${before}${begin}`, ...head, ...measures.map(line), `${end}${after}`].join('\n'));
}

function line({ id, title, unit, median, p99, against, ratio, goal, met, at, load }: Row): string {
  const figure = (value: number | undefined): string =>
    value === undefined ? '' : `${value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 })} ${unit}`;
  const instead = [against?.title ?? 'nothing', figure(against?.median), ratio?.toString() ?? ''];
  const when = `${at.slice(0, 10)}, load ${load}`;
  return `| \`${id}\` ${title} | ${figure(median)} | ${figure(p99)} | ${instead.join(' | ')} | ${goal} | ${met ? 'met' : '**missed**'} | ${when} |`;
}
