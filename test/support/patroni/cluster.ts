/** A real PostgreSQL cluster that Patroni runs: one Patroni for each node, their lock in an etcd of their own. */
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findPatroni } from '../../../scripts/test-servers.mjs';
import type { Authority } from '../authority.ts';
import { passwords, roles as sqlRoles, secretOf, until, type TestCluster } from '../postgres/cluster.ts';
import { ownedAlone, secure, type Secured } from '../postgres/secured.ts';
import { describeServer, giveToOwner, postgresBin, type TestServer } from '../postgres/server.ts';
import { freePort } from '../temporal-server.ts';
import { callApi, type ApiAddress } from './api.ts';
import { startChild, type Child } from './child.ts';
import { startEtcd, type TestEtcd } from './etcd.ts';

interface ManagedNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly patroni: ApiAddress;
}

export interface Member {
  readonly id: string;
  readonly api: ApiAddress;
  readonly server: TestServer;
  /** Patroni, which starts its server; resolves at once. */
  start(): void;
  /** Only Patroni, as a crash does it; its server goes on. */
  killPatroni(): Promise<void>;
  /** Patroni and its server, as a power failure does it. */
  kill(): Promise<void>;
}

export interface PatroniCluster extends Pick<TestCluster, 'folder' | 'secret'> {
  /** The first is the leader at the beginning. */
  readonly members: readonly Member[];
  readonly etcd: TestEtcd;
  readonly authority?: Authority;
  /** As the inventory would declare them. */
  readonly nodes: readonly ManagedNode[];
  readonly roles: typeof sqlRoles & { readonly patroni: { readonly user: string; readonly password: { readonly env: string } } };
  /** Changes what Patroni decides by, and resolves when every member that lives knows. */
  configure(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Until the leader is this one and every other member that lives streams from it. */
  settled(leader: string, others: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  readonly standbys?: number;
  /** Seconds until a leader that is gone has lost its lock. */
  readonly ttl?: number;
  /** Every commit waits for a standby. */
  readonly isSynchronous?: boolean;
  /** Its REST APIs speak HTTPS alone, to those who show a certificate of its authority. */
  readonly isTls?: boolean;
}

interface Place {
  readonly id: string;
  readonly folder: string;
  /** Port of the etcd. */
  readonly store: number;
  readonly ttl: number;
  readonly isSynchronous: boolean;
  readonly secured: Secured | undefined;
}

const ids = ['a', 'b', 'c'];
/** Seconds. A machine that is busy must not cost a leader its lock, where no test waits for that; Patroni 4 takes no less than these. */
const calm = { ttl: 30, loop_wait: 1, retry_timeout: 3 };
/** As short as a test may rely on it. */
export const soon = 8;
const restLogin = { username: 'patroni', password: passwords.patroni };

export async function startPatroni(options: Options = {}): Promise<PatroniCluster> {
  const { standbys = 1, ttl = calm.ttl, isSynchronous = false, isTls = false } = options;
  const binary = findPatroni();
  if (binary === undefined) throw new Error('No Patroni is installed. `npm test` installs it.');
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-patroni-'));
  giveToOwner(folder);
  mkdirSync(join(folder, 'archive'));
  giveToOwner(join(folder, 'archive'));
  const secured = isTls ? secure(folder) : undefined;
  const members: Member[] = [];
  const etcd = await startEtcd(folder);
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.kill()));
    await etcd.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const id of ids.slice(0, 1 + standbys)) {
      members.push(await describeMember(binary, { id, folder, store: etcd.port, ttl, isSynchronous, secured }));
    }
    const [first, ...others] = members as [Member, ...Member[]];
    first.start();
    await until(first.server, 'select not pg_is_in_recovery()');
    await makeRoles(first.server);
    for (const member of others) member.start();
    const cluster: PatroniCluster = {
      ...{ folder, members, etcd, stop, ...(secured && { authority: secured.authority }) },
      roles: { ...sqlRoles, patroni: { user: restLogin.username, password: { env: 'PATRONI' } } },
      secret: secretOf,
      nodes: members.map(({ id, server, api: patroni }) => ({ id, host: '127.0.0.1', port: server.port, patroni })),
      async configure(settings) {
        const answers = await Promise.all(members.map((member) => change(member, settings)));
        if (!answers.includes(true)) throw new Error('no member of Patroni takes settings');
        for (const member of members) await eventually(() => knows(member, settings), `${member.id} does not take settings`);
      },
      async settled(leader, standing) {
        await eventually(
          () => isSettled(members, leader, standing),
          `${leader} does not lead ${standing.join(', ')}`,
          () => logs(folder),
        );
      },
    };
    await cluster.settled(
      'a',
      others.map(({ id }) => id),
    );
    return cluster;
  } catch (error) {
    const said = logs(folder);
    await stop();
    throw new Error(`Patroni does not come up:\n${said}`, { cause: error });
  }
}

async function describeMember(binary: string, { id, folder, store, ttl, isSynchronous, secured }: Place): Promise<Member> {
  const home = join(folder, id);
  const [port, apiPort] = [await freePort(), await freePort()];
  const server = describeServer(id, home, port, folder);
  const file = join(folder, `${id}.yml`);
  const [address, apiAddress] = [`127.0.0.1:${port}`, `127.0.0.1:${apiPort}`];
  const login = (username: string, password: string) => ({ username, password });
  const own = secured && ownedAlone(secured.authority.issue('localhost', join(folder, `${id}-api`)));
  // Patroni asks its other members itself, and checks their names.
  const apiName = own ? `localhost:${apiPort}` : apiAddress;
  const door = own && {
    ...{ certfile: own.certificate, keyfile: own.key },
    ...{ cafile: secured.authority.file, verify_client: 'required' },
  };
  const settings = {
    scope: 'db',
    name: id,
    restapi: { listen: apiAddress, connect_address: apiName, authentication: restLogin, ...door },
    // Members ask each other too; Patroni 4 shows them no certificate but this one.
    ...(own && { ctl: { certfile: own.certificate, keyfile: own.key, cacert: secured.authority.file } }),
    etcd3: { host: `127.0.0.1:${store}` },
    bootstrap: {
      dcs: {
        ...calm,
        ttl,
        synchronous_mode: isSynchronous,
        maximum_lag_on_failover: 1_048_576,
        // Patroni 4 keeps the slot of a member that is away for half an hour; one before it drops that at once.
        member_slots_ttl: 0,
        postgresql: { use_pg_rewind: true, parameters: parameters(folder) },
      },
      initdb: ['no-sync', { 'auth-local': 'trust' }, { 'auth-host': 'scram-sha-256' }, { locale: 'C' }, { encoding: 'UTF8' }],
    },
    postgresql: {
      ...{
        listen: address,
        connect_address: address,
        data_dir: home,
        bin_dir: postgresBin(),
        pgpass: join(folder, `${id}.pgpass`),
      },
      authentication: { superuser: login('postgres', passwords.postgres), replication: login('repl', passwords.replication) },
      parameters: { unix_socket_directories: folder },
      pg_hba: [
        'local all all trust',
        'host replication repl 127.0.0.1/32 scram-sha-256',
        'host all all 127.0.0.1/32 scram-sha-256',
      ],
    },
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
  giveToOwner(file);
  let child: Child | undefined;
  const member: Member = {
    ...{ id, server, api: secured ? { url: `https://${apiName}`, tls: secured.tls } : { url: `http://${apiAddress}` } },
    start() {
      const log = openSync(join(folder, `${id}.log`), 'a');
      child = startChild(binary, [file], ['ignore', log, log]);
      closeSync(log);
    },
    async killPatroni() {
      await child?.kill();
    },
    async kill() {
      await member.killPatroni();
      await server.kill();
    },
  };
  return member;
}

const parameters = (folder: string) => ({
  wal_level: 'replica',
  hot_standby: 'on',
  wal_log_hints: 'on',
  wal_retrieve_retry_interval: '200ms',
  wal_keep_size: '64MB',
  archive_mode: 'on',
  // A file that is there already, from the node before, is archived where it is the same.
  archive_command: `cmp -s %p ${folder}/archive/%f || (test ! -f ${folder}/archive/%f && cp %p ${folder}/archive/%f)`,
});

/** Ours may look, and may not promote: that is for Patroni. */
async function makeRoles(server: TestServer): Promise<void> {
  await until(server, `select exists (select from pg_roles where rolname = 'repl')`);
  await server.sql(`create role okiagari login password '${passwords.control}' in role pg_monitor`);
}

async function change({ api }: Member, patch: object): Promise<boolean> {
  const login = Buffer.from(`${restLogin.username}:${restLogin.password}`).toString('base64');
  return callApi(api, '/config', { login, patch }).then(
    () => true,
    () => false,
  );
}

const ask = <T>(api: ApiAddress, path: string): Promise<T | undefined> => callApi<T>(api, path).catch(() => undefined);

async function knows({ api }: Member, settings: Readonly<Record<string, unknown>>): Promise<boolean> {
  const [config, own] = await Promise.all([
    ask<Record<string, unknown>>(api, '/config'),
    ask<{ pause?: boolean }>(api, '/patroni'),
  ]);
  if (config === undefined || own === undefined) return true;
  const isPaused = 'pause' in settings ? (own.pause ?? false) === settings['pause'] : true;
  return isPaused && Object.entries(settings).every(([name, value]) => typeof value === 'object' || config[name] === value);
}

interface ClusterWords {
  readonly members: readonly { readonly name: string; readonly role: string; readonly state: string }[];
}

const ready = ['running', 'streaming'];

async function isSettled(members: readonly Member[], leader: string, others: readonly string[]): Promise<boolean> {
  const one = members.find(({ id }) => id === leader)!;
  const said = await ask<ClusterWords>(one.api, '/cluster');
  const shown = [leader, ...others].map((id) => said?.members?.find(({ name }) => name === id));
  if (shown[0]?.role !== 'leader' || shown.some((member) => !ready.includes(member?.state ?? ''))) return false;
  const rows = await one.server.sql<{ name: string }>(
    `select application_name as name from pg_stat_replication where state = 'streaming'`,
  );
  const slots = await one.server.sql('select from pg_replication_slots where not active');
  return slots.length === 0 && others.every((other) => rows.some(({ name }) => name === other));
}

async function eventually(holds: () => Promise<boolean>, otherwise: string, more = (): string => ''): Promise<void> {
  for (let tries = 0; !(await holds().catch(() => false)); tries++) {
    if (tries > 600) throw new Error(`${otherwise}\n${more()}`);
    await delay(100);
  }
}

const logs = (folder: string): string =>
  ids
    .map((id) => {
      try {
        return `${id}: ${readFileSync(join(folder, `${id}.log`), 'utf8').slice(-3_000)}`;
      } catch {
        return '';
      }
    })
    .join('\n');
