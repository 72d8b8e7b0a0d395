/** One real PostgreSQL server as a child of the test, on a free loopback port, run by a user that may not harm the machine. */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, chownSync, existsSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { send } from '../../../adapters/machine/processes.ts';
import { endServer, postmasterOf, serverProcesses } from '../../../adapters/postgres/server-processes.ts';
import { findPostgres } from '../../../scripts/test-servers.mjs';

export interface TestServer {
  readonly id: string;
  readonly port: number;
  readonly folder: string;
  /** As superuser, on a connection of its own. */
  sql<R extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  /** Adds lines to `postgresql.auto.conf`; the last one of a name counts, from the next start or reload on. */
  set(lines: Readonly<Record<string, string>>): void;
  start(): Promise<void>;
  /** Sends a signal to the postmaster, whoever started it. */
  signal(name: NodeJS.Signals): Promise<void>;
  /** As `pg_ctl -m fast stop` does it; twice is fine. */
  stop(): Promise<void>;
  /** As a power failure does it, children included. */
  kill(): Promise<void>;
}

/** A test process that dies without its hooks must not leave a server behind. */
const running = new Set<() => void>();
process.once('exit', () => running.forEach((reap) => reap()));

/** PostgreSQL refuses root; Debian's packages bring a user of this name. */
export const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;

/** Folder of its programs. */
export function postgresBin(): string {
  const bin = findPostgres();
  if (bin === undefined) throw new Error('No PostgreSQL is installed. `npm test` installs it.');
  return bin;
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
}

export function giveToOwner(path: string): void {
  if (owner) chownSync(path, owner.uid, owner.gid);
}

/** Runs one of its programs to the end; throws with its words where it fails. */
export function runPostgres(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  execFileSync(`${postgresBin()}/${program}`, args, {
    ...owner,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: 'pipe',
  });
}

/** As `runPostgres`, for programs that are not PostgreSQL's own, while this process goes on. */
export async function runAsPostgres(program: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)(program, args, { ...owner, cwd: '/', env: { PATH: '/usr/bin:/bin' } });
}

/** A folder that initdb or pg_basebackup filled; `sockets` is the folder of its unix socket. */
export function describeServer(id: string, folder: string, port: number, sockets: string): TestServer {
  let child: ChildProcess | undefined;
  let printed = '';
  /** Whoever started the server: a failover starts one that goes on without its starter. */
  const reap = (): void => {
    const file = `${folder}/postmaster.pid`;
    if (existsSync(file)) send(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGQUIT');
    child?.kill('SIGQUIT');
  };

  const server: TestServer = {
    ...{ id, folder, port },
    sql: (text, values) => askServer({ host: sockets, port }, text, values),
    set(lines) {
      const text = Object.entries(lines).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
      appendFileSync(`${folder}/postgresql.auto.conf`, text.join(''));
    },
    async start() {
      if (await postmasterOf(folder)) return;
      printed = '';
      const postgres = spawn(`${postgresBin()}/postgres`, ['-D', folder], {
        ...owner,
        cwd: '/',
        env: {},
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      child = postgres;
      postgres.stderr.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000)));
      running.add(reap);
      for (let tries = 0; !(await answers(server)); tries++) {
        if (postgres.exitCode !== null || tries > 400) throw new Error(`${id} does not start:\n${printed}`);
        await delay(25);
      }
    },
    async signal(name) {
      const postmaster = await postmasterOf(folder);
      if (postmaster) send(postmaster.pid, name);
    },
    async stop() {
      await endServer(folder);
      running.delete(reap);
    },
    async kill() {
      const postmaster = await postmasterOf(folder);
      // SIGQUIT is its own way to die at once with all children; after SIGKILL they would linger.
      if (postmaster) ['SIGQUIT' as const, 'SIGCONT' as const].forEach((name) => send(postmaster.pid, name));
      for (const until = performance.now() + 5_000; (await serverProcesses(folder)).length > 0; await delay(10)) {
        if (performance.now() > until) await endServer(folder);
      }
      running.delete(reap);
    },
  };
  return server;
}

/** As superuser, over a socket in the folder `host`. */
export async function askServer<R extends pg.QueryResultRow>(
  { host, port }: { readonly host: string; readonly port: number },
  text: string,
  values?: unknown[],
): Promise<R[]> {
  const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres', password: '' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<R>(text, values)).rows;
  } finally {
    await client.end();
  }
}

const answers = (server: TestServer): Promise<boolean> =>
  server.sql('select 1').then(
    () => true,
    () => false,
  );
