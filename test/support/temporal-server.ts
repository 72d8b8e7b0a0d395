/** A real Temporal dev server for tests, on free loopback ports with the flags that make it fast, that can be killed and brought back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { searchAttributes } from '../../domain/search-attributes.ts';

export interface TemporalServer {
  /** `127.0.0.1:<port>`, the same after a restart. */
  readonly address: string;
  /** SIGTERM, then everything it wrote is removed. Twice is fine. */
  stop(): Promise<void>;
  /** SIGKILL; its database stays. Ends when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: its port still takes connections, nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Starts it again on the same port and database. Ends when it answers, unless told not to wait. */
  restart(options?: { readonly wait?: boolean }): Promise<void>;
}

/** Starts a server with our search attributes. Throws with what the server printed when it does not come up. */
export async function startTemporalServer(): Promise<TemporalServer> {
  const binary = findTemporalCli();
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-temporal-'));
  let running: Running | undefined;
  // A test process that dies without its hooks must not leave a server behind.
  const reap = (): void => void running?.child.kill('SIGKILL');
  process.once('exit', reap);

  // Between the choice of a port and its use somebody else may take it: then another is tried.
  let port = await freePort();
  for (let attempt = 1; ; attempt++) {
    running = launch(binary, port, folder);
    try {
      await untilReady(running, port);
      break;
    } catch (error) {
      await end(running, 'SIGKILL');
      if (attempt === 3) throw error;
      port = await freePort();
    }
  }
  const chosen = port;

  return {
    address: `127.0.0.1:${chosen}`,
    async stop() {
      process.removeListener('exit', reap);
      if (running) await end(running, 'SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
    async kill() {
      if (running) await end(running, 'SIGKILL');
    },
    freeze: () => void running?.child.kill('SIGSTOP'),
    thaw: () => void running?.child.kill('SIGCONT'),
    async restart({ wait = true } = {}) {
      if (running) await end(running, 'SIGKILL');
      running = launch(binary, chosen, folder);
      if (wait) await untilReady(running, chosen);
    },
  };
}

/** OKIAGARI_TEMPORAL_CLI, else `temporal` on the PATH, else the newest one in the user's cache. */
export function findTemporalCli(source: NodeJS.ProcessEnv = process.env): string {
  const named = source['OKIAGARI_TEMPORAL_CLI'];
  if (named) return named;
  const cache = join(source['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'okiagari');
  const candidates = [
    ...(source['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'temporal')),
    ...cachedVersions(cache).map((version) => join(cache, version, 'temporal')),
  ];
  const found = candidates.find(isExecutable);
  if (found) return found;
  throw new Error(`No Temporal CLI on the PATH or in ${cache}. Run \`npm start\` once, or set OKIAGARI_TEMPORAL_CLI.`);
}

function cachedVersions(cache: string): string[] {
  try {
    const names = readdirSync(cache).filter((name) => name.startsWith('temporal-'));
    return names.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  } catch {
    return [];
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Below those that the system gives to connections: a server that is down for a while finds its own port free again. */
const ports = { from: 10_240, to: 32_767 };

/** A loopback port that was free a moment ago, drawn at random, so that tests side by side hardly ever draw the same one. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(ports.from, ports.to + 1);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue; // taken
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}

interface Running {
  readonly child: ChildProcess;
  readonly gone: Promise<unknown>;
  /** It exited, or could not be started at all. */
  hasEnded(): boolean;
  /** The last of what it printed. */
  printed(): string;
}

function launch(binary: string, port: number, folder: string): Running {
  const flags = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--headless', '--log-level', 'warn'];
  flags.push('--db-filename', join(folder, 'temporal.db'));
  flags.push('--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal');
  // The default of 20 polls a second costs 50 ms for each task on the single shard of a dev server.
  for (const queue of ['transfer', 'timer', 'visibility']) {
    flags.push('--dynamic-config-value', `history.${queue}ProcessorMaxPollRPS=2000`);
  }
  for (const attribute of searchAttributes) flags.push('--search-attribute', `${attribute.name}=Keyword`);
  const child = spawn(binary, flags, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-4_000)));
  }
  let ended = false;
  const gone = once(child, 'exit')
    .catch((error: unknown) => (tail += String(error)))
    .then(() => (ended = true));
  return { child, gone, hasEnded: () => ended, printed: () => tail };
}

/** Ends when the server answers about its namespace; throws when it exits or needs more than 30 s. */
async function untilReady(server: Running, port: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    if (server.hasEnded()) throw new Error(`The Temporal server ended at once:\n${server.printed()}`);
    const connection = Connection.lazy({ address: `127.0.0.1:${port}` });
    try {
      await connection.withDeadline(Date.now() + 1_000, () =>
        connection.workflowService.describeNamespace({ namespace: 'default' }),
      );
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`The Temporal server does not answer:\n${server.printed()}`, { cause: error });
      await delay(50);
    } finally {
      await connection.close();
    }
  }
}

async function end(server: Running, signal: NodeJS.Signals): Promise<void> {
  server.child.kill(signal);
  const patience = setTimeout(() => server.child.kill('SIGKILL'), 10_000);
  await server.gone;
  clearTimeout(patience);
}
