/** The program of that process, as text: it must stand alone in the scratch folder, which is all the process may read. */

/**
 * Walls, from the inside out: the context gets nothing of the host, not even a callback (the answer is looked for, not sent);
 * the process starts with `--disallow-code-generation-from-strings`, so that an object of the host that leaks anyway cannot be
 * used to make code there, while the tool's own context may; what could reach other processes is removed; and the process has
 * no permission to read elsewhere, write, or start anything. A vm context alone is no security boundary.
 */
export const sampleProgram = `'use strict';
const { readFileSync, writeSync } = require('node:fs');
const { join } = require('node:path');
const vm = require('node:vm');
const { code, parameters, timeoutMs } = JSON.parse(readFileSync(join(__dirname, 'sample.json'), 'utf8'));
const { exit } = process;
for (const name of ['kill', '_kill', 'getBuiltinModule', 'binding', '_linkedBinding', 'dlopen', '_debugProcess']) delete process[name];
for (const name of ['fetch', 'WebSocket', 'EventSource']) delete globalThis[name];
const answer = (result) => {
  let bytes = Buffer.from(JSON.stringify(result));
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(1, bytes));
  exit(0);
};
const late = { outcome: 'timed-out', message: 'no answer within ' + timeoutMs + ' ms' };
const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, { codeGeneration: { strings: true, wasm: false } });
const run = (text) => vm.runInContext(text, context, { timeout: timeoutMs, filename: 'tool.js' });
try {
  run('const console = { log() {}, info() {}, warn() {}, error() {}, debug() {} };');
  run(code);
  run(
    'var okiagariAnswer; (async () => { try { const value = await execute(' + JSON.stringify(parameters) + ');' +
    ' okiagariAnswer = "+" + JSON.stringify(value === undefined ? null : value); }' +
    ' catch (error) { okiagariAnswer = "-" + String(error && error.message ? error.message : error).slice(0, 500); } })(); 0',
  );
} catch (error) {
  if (error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') answer(late);
  answer({ outcome: 'threw', message: String(error && error.message ? error.message : error).slice(0, 500) });
}
const until = performance.now() + timeoutMs;
const look = () => {
  const text = run('typeof okiagariAnswer === "string" ? okiagariAnswer : ""');
  if (typeof text === 'string' && text[0] === '+') answer({ outcome: 'returned', value: JSON.parse(text.slice(1)) });
  if (typeof text === 'string' && text[0] === '-') answer({ outcome: 'threw', message: text.slice(1) });
  if (performance.now() > until) answer(late);
  setTimeout(look, 2);
};
setImmediate(look);
`;
