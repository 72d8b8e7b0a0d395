/** A real PostgreSQL cluster: a primary and streaming standbys, each with its slot, an archive, and the roles that ours needs. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SecretRef } from '../../../contracts/secret-ref.ts';
import type { Authority } from '../authority.ts';
import { freePort } from '../temporal-server.ts';
import { initialise } from './initialised.ts';
import { certify, nameOf, rulesOf, secure, wayTo, type Secured } from './secured.ts';
import { describeServer, giveToOwner, postgresBin, runPostgres, type TestServer } from './server.ts';

interface TestNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly serverName?: string;
  readonly control?: { readonly kind: 'local' | 'command'; readonly run?: string[]; readonly data: string; readonly bin: string };
}

interface TestRole {
  readonly user: string;
  readonly password: { readonly env: string };
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
  /** Both roles as the inventory would name them, and what it finds there. */
  readonly roles: { readonly control: TestRole; readonly replication: TestRole };
  readonly secret: (ref: SecretRef) => string | undefined;
  /** As the inventory would declare it; undefined where the servers speak plain TCP. */
  readonly tls?: Secured['tls'];
  readonly authority?: Authority;
  /** Until every standby has replayed what the primary has written so far. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
}

export const passwords = {
  ...{ control: 'canary-of-okiagari', replication: 'canary-of-replication' },
  // Only where Patroni runs the cluster.
  ...{ postgres: 'canary-of-postgres', patroni: 'canary-of-patroni' },
};
const secrets: Readonly<Record<string, string>> = {
  ...{ PG: passwords.control, PG_REPLICATION: passwords.replication, PATRONI: passwords.patroni },
};
export const secretOf = (ref: SecretRef): string | undefined => ('env' in ref ? secrets[ref.env] : undefined);
export const roles = {
  control: { user: 'okiagari', password: { env: 'PG' } },
  replication: { user: 'repl', password: { env: 'PG_REPLICATION' } },
};
const ids = ['a', 'b', 'c', 'd'];

export interface ClusterOptions {
  readonly standbys?: number;
  /** Servers with certificates of names of their own, which let nobody in who speaks plain TCP. */
  readonly isTls?: boolean;
}

export async function startCluster({ standbys = 1, isTls = false }: ClusterOptions = {}): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-pg-'));
  giveToOwner(folder);
  const archive = join(folder, 'archive');
  mkdirSync(archive);
  giveToOwner(archive);
  const secured = isTls ? secure(folder) : undefined;
  const servers: TestServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.kill()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    servers.push(await makePrimary(folder, archive, await freePort(), secured));
    for (const id of ids.slice(1, 1 + standbys)) {
      servers.push(await makeStandby(id, folder, servers[0]!, await freePort(), secured));
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const cluster: TestCluster = {
    ...{ folder, archive, servers, stop, roles, password: passwords.control },
    ...secured,
    secret: secretOf,
    nodes: servers.map(({ id, port, folder: data }) => ({
      id,
      host: '127.0.0.1',
      port,
      ...(secured && { serverName: nameOf(id) }),
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

/** As it has to be for failovers: a file that is there already, from the node before, is archived where it is the same. */
const archiveTo = (folder: string): string =>
  `cmp -s %p ${folder}/%f || (test ! -f ${folder}/%f && cp %p ${folder}/%f.part && mv ${folder}/%f.part ${folder}/%f)`;

async function makePrimary(folder: string, archive: string, port: number, secured?: Secured): Promise<TestServer> {
  const home = join(folder, ids[0]!);
  await initialise(home);
  const server = describeServer(ids[0]!, home, port, folder);
  writeFileSync(join(home, 'pg_hba.conf'), rulesOf(secured));
  if (secured) certify(secured.authority, home, server.id);
  server.set({
    listen_addresses: '127.0.0.1',
    ...(secured && { ssl: 'on', ssl_ca_file: secured.authority.file }),
    port: String(port),
    unix_socket_directories: folder,
    wal_level: 'replica',
    hot_standby: 'on',
    wal_retrieve_retry_interval: '200ms',
    wal_keep_size: '64MB',
    max_slot_wal_keep_size: '512MB',
    archive_mode: 'on',
    archive_command: archiveTo(archive),
  });
  await server.start();
  await server.sql(makeRoles);
  return server;
}

const makeRoles = `
  create role repl replication login password '${passwords.replication}';
  create role okiagari login password '${passwords.control}' in role pg_monitor;
  grant execute on function pg_promote(boolean, integer) to okiagari;
  grant pg_checkpoint to repl;
  grant execute on function pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean) to repl;
  grant execute on function pg_read_binary_file(text), pg_read_binary_file(text, bigint, bigint, boolean) to repl;
`;

async function makeStandby(
  id: string,
  folder: string,
  primary: TestServer,
  port: number,
  secured?: Secured,
): Promise<TestServer> {
  const home = join(folder, id);
  const slot = `slot_${id}`;
  const source = `${wayTo(primary.id, secured)} port=${primary.port} user=repl application_name=${id}`;
  runPostgres('pg_basebackup', ['-D', home, '-d', source, '-X', 'stream', '-C', '-S', slot, '-R', '-N', '-c', 'fast'], {
    PGPASSWORD: passwords.replication,
  });
  if (secured) certify(secured.authority, home, id);
  const server = describeServer(id, home, port, folder);
  server.set({ port: String(port), primary_conninfo: `${source} password=${passwords.replication}` });
  await server.start();
  return server;
}
