/** Kills a supervised worker while four kinds of work are in flight, and times when each of them goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { superviseChild } from '../../cli/supervisor/child.ts';
import { Traces } from './traces.ts';

export const kinds = ['quick', 'patient', 'gate', 'between'] as const;
export type Kind = (typeof kinds)[number];

export interface Victim {
  readonly traces: Traces;
  /** SIGKILL; answers when. The supervisor starts it again, as `npm start` does. */
  readonly kill: () => number;
}

/** Runs `script ADDRESS FOLDER` under the supervisor of `npm start`; polling when it resolves. */
export async function superviseWorker(tidy: AsyncDisposableStack, script: URL, address: string): Promise<Victim> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-bench-'));
  tidy.defer(() => rmSync(folder, { recursive: true, force: true }));
  const traces = new Traces(folder);
  const compiled = fileURLToPath(new URL('../../node_modules/.cache/okiagari/compiled', import.meta.url));
  const said: string[] = [];
  const child = superviseChild({
    name: 'worker',
    command: process.execPath,
    args: [fileURLToPath(script), address, folder],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    onLine: (line) => void said.push(line),
    onDeath: ({ why }) => void said.push(why),
  });
  tidy.defer(() => child.stop(5_000));
  await traces.nth(1, 'worker', 0).catch((error: unknown) => {
    throw new Error(`the worker does not come up:\n${said.slice(-20).join('\n')}`, { cause: error });
  });
  return {
    traces,
    kill() {
      process.kill(child.pid!, 'SIGKILL');
      return Date.now();
    },
  };
}

interface InFlight {
  /** Starts one piece of work of each kind; those of `quick` and `patient` hang until they are released. */
  readonly start: () => Promise<unknown>;
  /** Called at the moment of the kill: the decision that a gate waits for. */
  readonly decide: () => Promise<unknown>;
  /** Waits until all of it has ended. */
  readonly end: () => Promise<unknown>;
}

/** One kill; milliseconds until work of each kind began anew. */
export async function killOnce({ traces, kill }: Victim, inFlight: InFlight): Promise<Record<Kind, number>> {
  const from = Date.now() - 1;
  traces.hang('quick');
  traces.hang('patient');
  await inFlight.start();
  await Promise.all([traces.nth(1, 'quick', from), traces.nth(1, 'patient', from), traces.nth(3, 'between', from)]);
  traces.release('quick');
  traces.release('patient');
  const at = kill();
  const decided = inFlight.decide();
  const begun = await Promise.all(kinds.map(async (kind) => [kind, (await traces.nth(1, kind, at)) - at] as const));
  await Promise.all([decided, inFlight.end()]);
  return Object.fromEntries(begun) as Record<Kind, number>;
}
