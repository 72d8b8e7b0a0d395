/** The program of that process, as text: it must stand alone in the scratch folder, which is all the process may read. */

/**
 * Nothing of the host goes into the context: parameters enter and the answer leaves as JSON text, so the tool's code finds
 * what the agent gives it and no more. That is likeness, not security; the wall is the process with its permissions.
 */
export const sampleProgram = `'use strict';
const { readFileSync, writeSync } = require('node:fs');
const { join } = require('node:path');
const vm = require('node:vm');
const { code, parameters, timeoutMs } = JSON.parse(readFileSync(join(__dirname, 'sample.json'), 'utf8'));
const answer = (result) => {
  let text = JSON.stringify(result);
  while (text.length > 0) text = text.slice(writeSync(1, text));
  process.exit(0);
};
const failed = (error) => answer({ outcome: 'threw', message: String(error && error.message ? error.message : error).slice(0, 500) });
setTimeout(() => answer({ outcome: 'timed-out', message: 'no answer within ' + timeoutMs + ' ms' }), timeoutMs);
try {
  const context = vm.createContext(Object.create(null));
  const options = { timeout: timeoutMs, filename: 'tool.js' };
  vm.runInContext('const console = { log() {}, info() {}, warn() {}, error() {}, debug() {} };', context, options);
  vm.runInContext(code, context, options);
  const call = '(async () => { const value = await execute(' + JSON.stringify(parameters) + '); return JSON.stringify(value === undefined ? null : value); })()';
  vm.runInContext(call, context, options).then((text) => answer({ outcome: 'returned', value: JSON.parse(text) }), failed);
} catch (error) {
  if (error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') answer({ outcome: 'timed-out', message: 'no answer within ' + timeoutMs + ' ms' });
  else failed(error);
}
`;
