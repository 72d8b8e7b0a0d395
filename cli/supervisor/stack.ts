/** Temporal, worker and API of one machine, brought up together, watched, and stopped in order. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../config/environment.ts';
import { BootError } from './boot-error.ts';
import { superviseChild, type Child, type Death } from './child.ts';
import { readableLine } from './log-lines.ts';
import { claimPort } from './ports.ts';
import { planTemporal } from './temporal.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const patienceMs = 90_000;
/** Before everything is up, a child that dies so often in a row will not get well by itself. */
const hopelessAfter = 5;
const keptLines = 25;
/** Running activities get 5 s to end; Temporal itself writes nothing on its way out. */
const stopLimitMs = 9_000;

export interface StackOptions {
  readonly environment: Environment;
  readonly inventory: string;
  /** What children inherit. */
  readonly variables: NodeJS.ProcessEnv;
  /** One line for a person. */
  readonly say: (line: string) => void;
  /** Resolves when somebody wants it to stop, perhaps before it is up. */
  readonly asked?: Promise<unknown>;
}

export interface Stack {
  readonly api: string;
  readonly temporalAddress: string;
  /** Undefined where Temporal is somebody else's. */
  readonly temporalUi: string | undefined;
  /** Process ids by name, for those who want to kill one. */
  pids(): Readonly<Record<string, number | undefined>>;
  /** API first, Temporal last. Twice is fine. */
  stop(): Promise<void>;
}

/** Resolves when `/readyz` answers 200, or with undefined when it was asked to stop before. Throws BootError, with everything stopped again, when that does not come about. */
export async function startStack(options: StackOptions): Promise<Stack | undefined> {
  const { environment, variables, say } = options;
  const data = resolve(environment.OKIAGARI_DATA);
  mkdirSync(data, { recursive: true });
  const host = environment.OKIAGARI_API_HOST;
  const apiPort = await claimPort({ host, port: environment.OKIAGARI_API_PORT, variable: 'OKIAGARI_API_PORT', what: 'the API' });
  const temporal = await planTemporal(environment, variables, data);
  const api = `http://${urlHost(host)}:${apiPort}`;
  const childVariables: NodeJS.ProcessEnv = {
    ...variables,
    ...temporal.variables,
    OKIAGARI_INVENTORY: resolve(options.inventory),
    OKIAGARI_DATA: data,
    OKIAGARI_API_PORT: String(apiPort),
    OKIAGARI_LOG_LEVEL: variables['OKIAGARI_LOG_LEVEL'] || 'warn',
    // A restarted worker loads the SDK a third faster from compiled code.
    NODE_COMPILE_CACHE: variables['NODE_COMPILE_CACHE'] || join(project, 'node_modules/.cache/okiagari/compiled'),
  };

  const chatty = Boolean(variables['OKIAGARI_LOG_LEVEL']);
  const starting = new AbortController();
  let ready = false;
  let stopped: Promise<void> | undefined;
  const lastLines = new Map<string, string[]>();
  let giveUp: (reason: BootError) => void = () => {};
  const hopeless = new Promise<never>((_, reject) => (giveUp = reject));
  hopeless.catch(() => {});
  const supervise = (name: string, command: string, args: readonly string[]): Child =>
    superviseChild({
      name,
      command,
      args,
      env: childVariables,
      onLine: (line) => {
        const readable = readableLine(name, line);
        lastLines.set(name, [...(lastLines.get(name) ?? []).slice(1 - keptLines), readable]);
        // Who is still starting may complain that the others are not there yet.
        if (stopped === undefined && (ready || chatty)) say(readable);
      },
      onDeath: ({ why, againInMs, inARow }: Death) => {
        say(`${name.padEnd(8)} ${why}; started again in ${againInMs} ms`);
        if (!ready && inARow >= hopelessAfter) {
          giveUp(new BootError([`The ${name} does not stay up. Its last words:`, ...(lastLines.get(name) ?? [])].join('\n')));
        }
      },
    });

  const children = [
    supervise('api', process.execPath, [join(project, 'api/main.ts')]),
    supervise('worker', process.execPath, [join(project, 'worker/main.ts')]),
    ...(temporal.flags ? [supervise('temporal', temporal.command, temporal.flags)] : []),
  ];
  const stop = (): Promise<void> => (stopped ??= stopInOrder(children));
  try {
    await Promise.race([
      untilReady(api, starting.signal).then(() => (ready = true)),
      hopeless,
      ...(options.asked ? [options.asked] : []),
    ]);
  } finally {
    starting.abort();
    if (!ready) await stop();
  }
  if (!ready) return undefined;
  return {
    api,
    temporalAddress: temporal.address,
    temporalUi: temporal.ui,
    pids: () => Object.fromEntries(children.map(({ name, pid }) => [name, pid])),
    stop,
  };
}

/** A listener on every address is reached by loopback. */
const urlHost = (host: string): string =>
  host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;

async function untilReady(api: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + patienceMs;
  let last = 'it does not answer';
  while (Date.now() < deadline && !signal.aborted) {
    try {
      const answer = await fetch(`${api}/readyz`, { signal: AbortSignal.timeout(2_000) });
      if (answer.status === 200) return;
      last = `it answers ${answer.status} ${(await answer.text()).slice(0, 300)}`;
    } catch {
      // not listening yet
    }
    await delay(50);
  }
  throw new BootError(`${api}/readyz is not ready after ${patienceMs / 1_000} s: ${last}`);
}

async function stopInOrder(children: readonly Child[]): Promise<void> {
  const [temporal, rest] = [
    children.filter(({ name }) => name === 'temporal'),
    children.filter(({ name }) => name !== 'temporal'),
  ];
  await Promise.all(rest.map((child) => child.stop(stopLimitMs)));
  await Promise.all(temporal.map((child) => child.stop(stopLimitMs)));
}
