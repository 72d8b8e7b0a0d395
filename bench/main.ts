/** `npm run bench`: measures what docs/performance.md claims. `node bench/main.ts [id …]` runs those whose id begins so. */
import process from 'node:process';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { writeFigures } from './document.ts';
import { describeMachine } from './machine.ts';
import { figuresOf, type Measure } from './measure.ts';
import { measures } from './measures.ts';
import { rowOf, writeResults, type Row } from './results.ts';
import { tableHead, tableLine } from './table.ts';

// Workers in this process speak of faults only.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const wanted = process.argv.slice(2);
const chosen = measures.filter(({ id }) => wanted.length === 0 || wanted.some((name) => id.startsWith(name)));
let running: AsyncDisposableStack | undefined;
const tidyAndGo = (): void => void Promise.resolve(running?.disposeAsync()).finally(() => process.exit(130));
process.once('SIGINT', tidyAndGo);
process.once('SIGTERM', tidyAndGo);

const at = new Date().toISOString();
const machine = describeMachine();
const rows: Row[] = [];
say(machine);
say(tableHead);
for (const measure of chosen) {
  const row = await measured(measure);
  if (row === undefined) continue;
  rows.push(row);
  say(tableLine(row));
}
// What is left out must not look measured: only a whole run is kept.
if (chosen.length === measures.length && rows.length === measures.length) {
  const results = { at, machine, measures: rows };
  writeResults(results);
  writeFigures(results);
}
// A runtime that no measure used would keep the process alive.
setImmediate(() => process.exit(rows.length < chosen.length || chosen.length === 0 ? 1 : 0));

/** Undefined, and said, when it could not be measured. */
async function measured(measure: Measure): Promise<Row | undefined> {
  const tidy = new AsyncDisposableStack();
  running = tidy;
  try {
    return rowOf(measure, figuresOf(await measure.run(tidy)));
  } catch (error) {
    say(`${measure.id} could not be measured: ${error instanceof Error ? error.stack : String(error)}`);
    return undefined;
  } finally {
    await tidy.disposeAsync();
    running = undefined;
  }
}
