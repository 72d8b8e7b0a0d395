/** `npm run bench`: measures what docs/performance.md claims and writes it there. `node bench/main.ts [id …]` runs those whose id begins so. */
import process from 'node:process';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { writeFigures } from './document.ts';
import { currentLoad, describeMachine } from './machine.ts';
import { figuresOf, type Measure } from './measure.ts';
import { measures } from './measures.ts';
import { keepRow, rowOf, type Row } from './results.ts';
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

const machine = describeMachine();
let done = 0;
say(`${machine}, load ${currentLoad()} at the start`);
say(tableHead);
for (const measure of chosen) {
  const row = await measured(measure);
  if (row === undefined) continue;
  done += 1;
  say(tableLine(row));
  writeFigures(keepRow(row, machine, measures));
}
// A runtime that no measure used would keep the process alive.
setImmediate(() => process.exit(done < chosen.length || chosen.length === 0 ? 1 : 0));

/** Undefined, and said, when it could not be measured. */
async function measured(measure: Measure): Promise<Row | undefined> {
  const tidy = new AsyncDisposableStack();
  running = tidy;
  try {
    const begun = { at: new Date().toISOString(), load: currentLoad() };
    return rowOf(measure, figuresOf(await measure.run(tidy)), begun);
  } catch (error) {
    say(`${measure.id} could not be measured: ${error instanceof Error ? error.stack : String(error)}`);
    return undefined;
  } finally {
    await tidy.disposeAsync();
    running = undefined;
  }
}
