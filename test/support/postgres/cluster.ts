/** A real PostgreSQL cluster: a primary and streaming standbys, each with its slot, an archive, and the roles that ours needs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../temporal-server.ts';
import { describeServer, giveToOwner, postgresBin, runPostgres, type TestServer } from './server.ts';

interface TestNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly control?: { readonly kind: 'local'; readonly data: string; readonly bin: string };
}

export interface TestCluster {
  readonly folder: string;
  /** Where `archive_command` puts files of the log. */
  readonly archive: string;
  /** The first is the primary at the beginning. */
  readonly servers: readonly TestServer[];
  /** As the inventory would declare them. */
  readonly nodes: readonly TestNode[];
  /** Of the role `okiagari`. */
  readonly password: string;
  /** Until every standby has replayed what the primary has written so far. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

const passwords = { control: 'canary-of-okiagari', replication: 'canary-of-replication' };
const ids = ['a', 'b', 'c'];

export async function startCluster({ standbys = 1 }: { readonly standbys?: number } = {}): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-pg-'));
  giveToOwner(folder);
  const archive = join(folder, 'archive');
  mkdirSync(archive);
  giveToOwner(archive);
  const servers: TestServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.kill()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    servers.push(await makePrimary(folder, archive, await freePort()));
    for (const id of ids.slice(1, 1 + standbys)) servers.push(await makeStandby(id, folder, servers[0]!, await freePort()));
  } catch (error) {
    await stop();
    throw error;
  }
  const cluster: TestCluster = {
    ...{ folder, archive, servers, stop, password: passwords.control },
    nodes: servers.map(({ id, port, folder: data }) => ({
      id,
      host: '127.0.0.1',
      port,
      control: { kind: 'local', data, bin: postgresBin() },
    })),
    async caughtUp() {
      const [{ position }] = (await servers[0]!.sql<{ position: string }>('select pg_current_wal_lsn()::text as position')) as [
        { position: string },
      ];
      for (const standby of servers.slice(1)) {
        await until(
          standby,
          `select pg_last_wal_replay_lsn() >= '${position}' and exists (
          select from pg_stat_wal_receiver where status = 'streaming')`,
        );
      }
    },
  };
  await cluster.caughtUp();
  return cluster;
}

/** Asks the server until the one value of the one row is true. */
export async function until(server: TestServer, question: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const rows = await server.sql(question).catch(() => []);
    if (rows[0] && Object.values(rows[0])[0] === true) return;
    if (tries > 400) throw new Error(`${server.id} never says yes to ${question}`);
    await delay(25);
  }
}

async function makePrimary(folder: string, archive: string, port: number): Promise<TestServer> {
  const home = join(folder, ids[0]!);
  const flags = ['-U', 'postgres', '-k', '-N', '--auth-local=trust', '--auth-host=scram-sha-256', '--no-locale', '-E', 'UTF8'];
  runPostgres('initdb', ['-D', home, ...flags]);
  const server = describeServer(ids[0]!, home, port, folder);
  writeFileSync(
    join(home, 'pg_hba.conf'),
    'local all all trust\nhost replication repl 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n',
  );
  server.set({
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: folder,
    wal_level: 'replica',
    hot_standby: 'on',
    wal_retrieve_retry_interval: '200ms',
    wal_keep_size: '64MB',
    max_slot_wal_keep_size: '512MB',
    archive_mode: 'on',
    archive_command: `test ! -f ${archive}/%f && cp %p ${archive}/%f`,
  });
  await server.start();
  await server.sql(`create role repl replication login password '${passwords.replication}'`);
  await server.sql(`create role okiagari login password '${passwords.control}' in role pg_monitor`);
  await server.sql('grant execute on function pg_promote(boolean, integer) to okiagari');
  return server;
}

async function makeStandby(id: string, folder: string, primary: TestServer, port: number): Promise<TestServer> {
  const home = join(folder, id);
  const slot = `slot_${id}`;
  const source = `host=127.0.0.1 port=${primary.port} user=repl application_name=${id}`;
  runPostgres('pg_basebackup', ['-D', home, '-d', source, '-X', 'stream', '-C', '-S', slot, '-R', '-c', 'fast'], {
    PGPASSWORD: passwords.replication,
  });
  const server = describeServer(id, home, port, folder);
  server.set({ port: String(port), primary_conninfo: `${source} password=${passwords.replication}` });
  await server.start();
  return server;
}
