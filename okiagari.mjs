#!/usr/bin/env node
/** The `okiagari` command: runs cli/main.ts on the project's own Node 24, whatever Node the machine has. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const own = fileURLToPath(new URL('./node_modules/.bin/node', import.meta.url));
const main = fileURLToPath(new URL('./cli/main.ts', import.meta.url));
const node = existsSync(own) ? own : process.execPath;

if (node === process.execPath && Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `Okiagari needs Node 24 or newer, this is ${process.version}. In the checkout, run: node scripts/setup.mjs packages\n`,
  );
  process.exit(2);
}
const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
// Ctrl-C reaches the child by itself; a signal sent to this process alone has to be handed on.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    if (signal !== 'SIGINT') child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
