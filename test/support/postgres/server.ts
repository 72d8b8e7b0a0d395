/** One real PostgreSQL server as a child of the test, on a free loopback port, run by a user that may not harm the machine. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findPostgres } from '../../../scripts/database-servers.mjs';

export interface TestServer {
  readonly id: string;
  readonly port: number;
  readonly folder: string;
  /** As superuser, on a connection of its own. */
  sql<R extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  /** Adds lines to `postgresql.auto.conf`; the last one of a name counts, from the next start or reload on. */
  set(lines: Readonly<Record<string, string>>): void;
  start(): Promise<void>;
  /** Sends a signal to the postmaster. */
  signal(name: NodeJS.Signals): void;
  /** As `pg_ctl -m fast stop` does it; twice is fine. */
  stop(): Promise<void>;
  /** As a power failure does it, children included. */
  kill(): Promise<void>;
}

/** PostgreSQL refuses root; Debian's packages bring a user of this name. */
const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined;

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

/** A folder that initdb or pg_basebackup filled; `sockets` is the folder of its unix socket. */
export function describeServer(id: string, folder: string, port: number, sockets: string): TestServer {
  let child: ChildProcess | undefined;
  let printed = '';
  const isUp = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const reap = (): void => void child?.kill('SIGQUIT');

  const server: TestServer = {
    ...{ id, folder, port },
    async sql(text, values) {
      const client = new pg.Client({ host: sockets, port, user: 'postgres', database: 'postgres', password: '' });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query(text, values)).rows as never;
      } finally {
        await client.end();
      }
    },
    set(lines) {
      const text = Object.entries(lines).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
      appendFileSync(`${folder}/postgresql.auto.conf`, text.join(''));
    },
    async start() {
      if (isUp()) return;
      printed = '';
      const postgres = spawn(`${postgresBin()}/postgres`, ['-D', folder], {
        ...owner,
        cwd: '/',
        env: {},
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      child = postgres;
      postgres.stderr.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000)));
      // A test process that dies without its hooks must not leave a server behind.
      process.once('exit', reap);
      for (let tries = 0; !(await answers(server)); tries++) {
        if (!isUp() || tries > 400) throw new Error(`${id} does not start:\n${printed}`);
        await delay(25);
      }
    },
    signal: (name) => void child?.kill(name),
    async stop() {
      if (!isUp()) return;
      const gone = once(child!, 'exit');
      child!.kill('SIGINT');
      await gone;
      process.removeListener('exit', reap);
    },
    async kill() {
      if (!isUp()) return;
      const gone = once(child!, 'exit');
      // SIGQUIT is its own way to die at once with all children; after SIGKILL they would linger.
      child!.kill('SIGQUIT');
      child!.kill('SIGCONT');
      await gone;
      process.removeListener('exit', reap);
    },
  };
  return server;
}

const answers = (server: TestServer): Promise<boolean> =>
  server.sql('select 1').then(
    () => true,
    () => false,
  );
