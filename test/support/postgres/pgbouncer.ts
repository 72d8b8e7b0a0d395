/** A real PgBouncer as a child of the test, whose servers stand in a file of their own that it includes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { findPgBouncer } from '../../../scripts/test-servers.mjs';
import { freePort } from '../temporal-server.ts';
import { giveToOwner, owner } from './server.ts';

export interface TestPgBouncer {
  readonly port: number;
  /** Where `[databases]` stands. */
  readonly file: string;
  /** Command that has it read its files again. */
  readonly reload: readonly string[];
  /** On a new connection through it; throws where none is made within 5 s. */
  sql<R extends pg.QueryResultRow = pg.QueryResultRow>(text: string): Promise<R[]>;
  stop(): Promise<void>;
}

/** Logs into servers as `user`, and lets every client of this machine in as that one. */
export async function startPgBouncer(user: string, password: string, databases: string): Promise<TestPgBouncer> {
  const binary = findPgBouncer();
  if (binary === undefined) throw new Error('No PgBouncer is installed. `npm test` installs it.');
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-pgbouncer-'));
  giveToOwner(folder);
  const port = await freePort();
  const file = join(folder, 'databases.ini');
  const pid = join(folder, 'pid');
  writeFileSync(file, databases);
  writeFileSync(join(folder, 'users.txt'), `"${user}" "${password}"\n`);
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: String(port),
    auth_type: 'trust',
    auth_file: join(folder, 'users.txt'),
    pidfile: pid,
    // One that refused a client is asked again soon. By default all of them wait for 15 s, also where another server was named.
    server_login_retry: '0.1',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(join(folder, 'pgbouncer.ini'), `[pgbouncer]\n${lines.join('')}unix_socket_dir =\n%include ${file}\n`);

  let printed = '';
  const child = spawn(binary, [join(folder, 'pgbouncer.ini')], {
    ...owner,
    cwd: '/',
    env: {},
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.on('data', (chunk: Buffer) => (printed = (printed + chunk.toString()).slice(-4_000)));
  // A test process that dies without its hooks must not leave a server behind.
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  for (let tries = 0; !existsSync(pid); tries++) {
    if (child.exitCode !== null || tries > 400) throw new Error(`PgBouncer does not start:\n${printed}`);
    await delay(25);
  }
  return {
    ...{ port, file, reload: ['pkill', '-HUP', '-F', pid] },
    async sql(text) {
      const client = new pg.Client({ host: '127.0.0.1', port, user, database: 'postgres', connectionTimeoutMillis: 5_000 });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query(text)).rows as never;
      } finally {
        await client.end();
      }
    },
    async stop() {
      const gone = once(child, 'exit');
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await gone;
      process.removeListener('exit', reap);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
