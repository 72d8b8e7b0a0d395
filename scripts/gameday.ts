/** `npm run gameday`: the main job in a terminal, on a scratch store with a stack of its own; leaves nothing behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { makePlayground } from '../cli/playground.ts';
import { startStack, type Stack } from '../cli/supervisor/stack.ts';
import { readEnvironment } from '../config/environment.ts';
import { playGameday } from './gameday/story.ts';

const limitMs = 120_000;
const start = Date.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const folder = mkdtempSync(join(tmpdir(), 'okiagari-gameday-'));

/** Set while the stack is coming up, so that an early end can wait for it and stop it. */
let starting: Promise<Stack | undefined> = Promise.resolve(undefined);
const asked = untilAskedToStop();
try {
  await Promise.race([gameday(), asked.then((signal) => Promise.reject(new Error(`stopped by ${signal}`))), tooLong()]);
  say(`\ngameday passed in ${((Date.now() - start) / 1_000).toFixed(1)} s`);
} catch (error) {
  process.stderr.write(`\ngameday FAILED: ${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  await (await starting.catch(() => undefined))?.stop();
  rmSync(folder, { recursive: true, force: true });
  // Whatever still listens or waits belongs to a gameday that is over.
  process.exit();
}

async function gameday(): Promise<void> {
  say(`A scratch tool store in ${folder}; Temporal, worker and API on free ports …`);
  const playground = await makePlayground(join(folder, 'playground'));
  const variables: NodeJS.ProcessEnv = {
    ...process.env,
    ...Object.fromEntries(
      ['OKIAGARI_API_PORT', 'OKIAGARI_TEMPORAL_PORT', 'OKIAGARI_TEMPORAL_UI_PORT'].map((name) => [name, '0']),
    ),
    OKIAGARI_API_HOST: '127.0.0.1',
    OKIAGARI_DATA: join(folder, 'data'),
    OKIAGARI_SITE: 'main',
    TEMPORAL_ADDRESS: undefined,
  };
  const environment = readEnvironment(variables);
  starting = startStack({ environment, inventory: playground.inventory, variables, say, asked });
  const stack = await starting;
  if (stack === undefined) return;
  say(`up after ${((Date.now() - start) / 1_000).toFixed(1)} s: api ${stack.api}, Temporal UI ${stack.temporalUi}`);
  await playGameday({ api: stack.api, folder: playground.folder, say });
}

function untilAskedToStop(): Promise<string> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done(signal));
  });
}

function tooLong(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`not done after ${limitMs / 1_000} s`)), limitMs).unref());
}
