/** The small program that speaks with the agent's package, as text: it stands in the scratch folder, beside what it may write. */

/**
 * Reads `session.json`, starts a session of the package with the project's own extensions, calls the tools, and writes one JSON
 * line for everything that happened to descriptor 3: whatever the extensions print goes elsewhere. A call that never answers ends
 * the session, since nothing can be believed of what comes after it.
 */
export const agentProgram = `'use strict';
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { packageFolder, agentFolder, calls } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { exit } = process;
const tell = (what) => {
  let bytes = Buffer.from(JSON.stringify(what) + '\\n');
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(3, bytes));
};
const messageOf = (error) => String(error && error.message ? error.message : error).slice(0, 500);
const late = Symbol('late');

try {
  const about = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const pi = await import(pathToFileURL(join(packageFolder, about.main ?? 'dist/index.js')).href);
  const authStorage = pi.AuthStorage.inMemory();
  const { session, extensionsResult } = await pi.createAgentSession({
    cwd: process.cwd(),
    agentDir: agentFolder,
    sessionManager: pi.SessionManager.inMemory(),
    authStorage,
    modelRegistry: pi.ModelRegistry.inMemory(authStorage),
  });
  const { tools } = session.agent.state;
  tell({ began: extensionsResult.errors.map(({ path, error }) => path + ': ' + messageOf(error)) });
  for (const { tool: name, input, timeoutMs } of calls) {
    const tool = tools.find((one) => one.name === name);
    if (tool === undefined) {
      tell({ outcome: 'unknown-tool', message: 'the agent has no tool ' + name, ms: 0 });
      continue;
    }
    const started = performance.now();
    const ms = () => Math.round(performance.now() - started);
    tell({ calling: name });
    try {
      let timer;
      const answer = await Promise.race([
        tool.execute('okiagari', input, undefined, undefined),
        new Promise((resolve) => (timer = setTimeout(() => resolve(late), timeoutMs))),
      ]);
      clearTimeout(timer);
      if (answer === late) {
        tell({ outcome: 'timed-out', message: 'no answer within ' + timeoutMs + ' ms', ms: ms() });
        break;
      }
      const text = answer.content.filter(({ type }) => type === 'text').map((part) => part.text).join('\\n');
      tell({ outcome: 'answered', text: text.slice(0, 200000), ms: ms() });
    } catch (error) {
      tell({ outcome: 'threw', message: messageOf(error), ms: ms() });
    }
  }
} catch (error) {
  tell({ fault: messageOf(error) });
}
exit(0);
`;
