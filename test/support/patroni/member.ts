/** One node of a cluster: a Patroni and the server that it starts, as its settings describe them. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { passwords } from '../postgres/cluster.ts';
import { freezeServer, thawServer } from '../postgres/freeze.ts';
import { ownedAlone, type Secured } from '../postgres/secured.ts';
import { describeServer, giveToOwner, postgresBin, type TestServer } from '../postgres/server.ts';
import { freePort } from '../temporal-server.ts';
import type { ApiAddress } from './api.ts';
import { startChild, type Child } from './child.ts';

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
  /** Both stand still where they are, as on a machine that hangs. */
  freeze(): void;
  thaw(): void;
}

/** In seconds, named as Patroni's documentation does. */
export interface Timing {
  /** Until a leader that is gone has lost its lock. */
  readonly ttl: number;
  readonly loop_wait: number;
  readonly retry_timeout: number;
}

export interface Place {
  readonly id: string;
  readonly folder: string;
  /** Port of the etcd. */
  readonly store: number;
  readonly timing: Timing;
  readonly isSynchronous: boolean;
  readonly secured: Secured | undefined;
}

/** Of the REST API. */
export const restLogin = { username: 'patroni', password: passwords.patroni };
/** The same, as its requests carry it. */
export const basic = Buffer.from(`${restLogin.username}:${restLogin.password}`).toString('base64');

export async function describeMember(
  binary: string,
  { id, folder, store, timing, isSynchronous, secured }: Place,
): Promise<Member> {
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
        ...timing,
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
    freeze() {
      child!.signal('SIGSTOP');
      freezeServer(server);
    },
    thaw() {
      thawServer(server);
      child!.signal('SIGCONT');
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
