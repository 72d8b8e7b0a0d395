/** Appends numbered lines: `opens` the file anew for each as the agent does, `holds` it open, or `rests` between them while it does. Says how many at the end. */
import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs';
import process from 'node:process';

const [how, path, name, forMs] = /** @type {[string, string, string, string]} */ (process.argv.slice(2));
const ends = performance.now() + Number(forMs);
const held = how === 'opens' ? undefined : openSync(path, 'a');
const pause = new Int32Array(new SharedArrayBuffer(4));
process.stdout.write('ready\n');
let n = 0;
while (performance.now() < ends) {
  const line = `${JSON.stringify({ timestamp: new Date().toISOString(), action: 'run_dynamic_tool', toolName: name, n, success: true })}\n`;
  if (held === undefined) appendFileSync(path, line);
  else writeSync(held, line);
  n++;
  if (how === 'rests') Atomics.wait(pause, 0, 0, 300);
}
if (held !== undefined) closeSync(held);
process.stdout.write(`${n}\n`);
