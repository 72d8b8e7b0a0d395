/** A server that declares TLS is reached by TLS or not at all: each reason has a sentence, and nothing is ever sent in the clear. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { BackedUpCluster } from '../../activities/ports/postgres-backups.ts';
import { createPorts } from '../../adapters/ports.ts';
import { createPostgresBackups } from '../../adapters/postgres/postgres-backups.ts';
import { inventorySchema, type Inventory } from '../../contracts/inventory.ts';
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import type { TlsSettings } from '../../contracts/tls-settings.ts';
import { createPostgresActivities } from '../../activities/postgres/create-postgres-activities.ts';
import { createRedisFailoverActivities } from '../../activities/redis/failover/create-redis-failover-activities.ts';
import { createRedisActivities } from '../../activities/redis/create-redis-activities.ts';
import { makeAuthority, type Authority } from '../support/authority.ts';
import { startCluster, type TestCluster } from '../support/postgres/cluster.ts';
import { certify } from '../support/postgres/secured.ts';
import { giveToOwner } from '../support/postgres/server.ts';
import { startRedisServers, type TestRedisServers } from '../support/redis/server.ts';
import { freePort } from '../support/temporal-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'okiagari-tls-'));
let stranger: Authority;
let cluster: TestCluster;
let redis: TestRedisServers;
beforeAll(async () => {
  // The owner of a data directory reads there as well.
  chmodSync(folder, 0o755);
  stranger = makeAuthority(join(folder, 'stranger'));
  [cluster, redis] = await Promise.all([startCluster({ isTls: true, standbys: 0 }), startRedisServers({ isTls: true })]);
}, 60_000);
afterAll(async () => {
  await Promise.all([cluster?.stop(), redis?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

interface Wish {
  readonly tls?: TlsSettings | undefined;
  readonly serverName?: string;
  readonly port?: number;
}

const inventoryOf = (target: object): Inventory =>
  inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    repositories: [{ id: 'vault', kind: 'directory', path: folder }],
    targets: [{ id: 'it', ...target }],
  }) as Inventory;

function portsOf(target: object) {
  const inventory = inventoryOf(target);
  const secret = (ref: object) => ('env' in ref && ref.env === 'REDIS' ? redis.password : cluster.secret(ref as { env: string }));
  return createPorts({ inventory: () => inventory, data: folder, secret });
}

/** Sentences of what the diagnosis finds. */
const looks = {
  async postgres(wish: Wish = {}) {
    const { tls = cluster.tls, ...other } = wish;
    const nodes = cluster.nodes.map((node) => ({ ...node, control: undefined, ...other }));
    const ports = portsOf({ kind: 'postgres', nodes, roles: cluster.roles, ...('tls' in wish && !wish.tls ? {} : { tls }) });
    return (await createPostgresActivities(ports).diagnosePostgres({ target: 'it' })).symptoms;
  },
  async redis(wish: Wish = {}) {
    const { tls = redis.tls, ...other } = wish;
    const nodes = redis.nodes.map((node) => (node.id === 'a' ? { ...node, ...other } : node));
    const login = { password: { env: 'REDIS' } };
    const ports = portsOf({ kind: 'redis', nodes, login, ...('tls' in wish && !wish.tls ? {} : { tls }) });
    return (await createRedisActivities(ports).diagnoseRedis({ target: 'it' })).symptoms;
  },
};
type Kind = keyof typeof looks;
const kinds: readonly Kind[] = ['postgres', 'redis'];
const found = async (kind: Kind, wish?: Wish): Promise<string> => {
  const about = (await looks[kind](wish)).filter(({ id }) => id.startsWith('node-') || id.startsWith('certificate'));
  return about.map(({ id, sentence }) => `${id}: ${sentence.en}`)[0] ?? 'nothing';
};
const tlsOf = (kind: Kind): TlsSettings => (kind === 'postgres' ? cluster.tls! : redis.tls!);

describe.each(kinds)('%s', (kind) => {
  test('is reached where its certificate is from the authority that is named, and of its name', async () => {
    await expect.poll(() => looks[kind](), { timeout: 10_000 }).toEqual([]);
  });

  test('of another authority is refused, by the file that does not know it', async () => {
    const tls = { ...tlsOf(kind), ca: { file: stranger.file } };
    expect(await found(kind, { tls })).toMatch(
      /^node-tls-refused: a cannot be reached by TLS: its certificate is from no authority in .*stranger\/ca\.crt \(\w+\): add the one that signed it/,
    );
  });

  test('of another name is refused, with both names', async () => {
    expect(await found(kind, { serverName: 'other.test' })).toMatch(
      /^node-tls-refused: .*: its certificate is of DNS:a\.(db|cache)\.test, not of other\.test: say its name as `serverName`/,
    );
    // Without a name it is the address that has to be in it.
    expect(await found(kind, { serverName: undefined as never })).toContain('not of 127.0.0.1');
  });

  test('that speaks no TLS is refused, and gets no login', async () => {
    const heard: Buffer[] = [];
    const plain = kind === 'postgres' ? await startPlain(heard, () => 'N') : await startPlain(heard, () => '-ERR what?\r\n');
    const said = await found(kind, { port: plain.port });
    plain.server.close();
    expect(said).toMatch(/^node-tls-refused: .*(it offers no TLS|speaks no TLS).*nothing is sent in the clear/);
    expect(heard.length).toBeGreaterThan(0);
    expect(Buffer.concat(heard).toString('latin1')).not.toMatch(/okiagari|default|AUTH|canary/);
  });

  test('that wants TLS lets nobody in without', async () => {
    expect(await found(kind, { tls: undefined })).toMatch(/^node-(login-refused|failed|unreachable): a /);
  });

  test('without a readable file of authorities, or with one that names none, is refused', async () => {
    const empty = join(folder, 'empty.crt');
    writeFileSync(empty, '');
    const of = (file: string) => found(kind, { tls: { ...tlsOf(kind), ca: { file } } });
    expect(await of(empty)).toContain('empty.crt holds no certificate');
    expect(await of(join(folder, 'nowhere'))).toContain('nowhere cannot be read (ENOENT)');
  });
});

test('Redis that wants a certificate of ours says so where none is declared', async () => {
  const { ca } = redis.tls!;
  expect(await found('redis', { tls: { ca } })).toMatch(
    /^node-tls-refused: .*it wants a certificate of ours \(certificate required\): name one and its key as `tls\.client`$/,
  );
});

test('clients are seen through a proxy that ends TLS itself, and through one that lets it through', async () => {
  const [, b] = redis.servers;
  await b!.command('REPLICAOF', 'NO', 'ONE');
  const front = async (open: () => Duplex) => {
    const port = await freePort();
    const server = createServer((client) => {
      const behind = open();
      for (const one of [client, behind]) one.on('error', () => [client, behind].forEach((each) => each.destroy()));
      client.pipe(behind).pipe(client);
    });
    await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return { host: '127.0.0.1', port };
  };
  const ending = await front(() => connectTls({ ...(b!.socket as ConnectionOptions) }));
  const passing = await front(() => connect(b!.port, '127.0.0.1'));
  const see = (via: object) => {
    const endpoints = [{ id: 'proxy', kind: 'file', path: join(folder, 'proxy'), text: '{host}:{port}', via }];
    const login = { password: { env: 'REDIS' } };
    const ports = portsOf({ kind: 'redis', nodes: redis.nodes, login, tls: redis.tls, endpoints });
    return createRedisFailoverActivities(ports).repointRedis({ target: 'it', master: 'b' });
  };
  expect(await see({ ...ending, tls: false })).toMatchObject([{ endpoint: 'proxy' }]);
  expect(await see({ ...passing, serverName: 'b.cache.test' })).toMatchObject([{ endpoint: 'proxy' }]);
  // Nobody said that it is plain.
  await expect(see(ending)).rejects.toThrow('it is not b who answers there');
  await b!.command('REPLICAOF', '127.0.0.1', String(redis.servers[0]!.port));
  await expect.poll(() => looks.redis(), { timeout: 10_000 }).toEqual([]);
});

test('a replica that would follow without TLS is found', async () => {
  const [a] = redis.servers;
  await a!.command('CONFIG', 'SET', 'tls-replication', 'no');
  expect((await looks.redis()).map(({ id }) => id)).toEqual(['replication-plain']);
  await a!.command('CONFIG', 'SET', 'tls-replication', 'yes');
});

test('a certificate that ends soon is told ahead, one that has ended is refused', async () => {
  const [a] = cluster.servers;
  const renew = async (days: number): Promise<void> => {
    certify(cluster.authority!, a!.folder, 'a', days);
    await a!.sql('select pg_reload_conf()');
  };
  await renew(10);
  await expect
    .poll(() => found('postgres'), { timeout: 10_000 })
    .toMatch(/^certificate-ends: The certificate a\.db\.test, which connections to a rest on, ends in (9|10) days, on 2/);
  await renew(0);
  await expect
    .poll(() => found('postgres'), { timeout: 10_000 })
    .toBe('node-tls-refused: a cannot be reached by TLS: its certificate, or that of its authority, has expired: renew it');
  await renew(365);
  await expect.poll(() => found('postgres'), { timeout: 10_000 }).toBe('nothing');
});

test('a server may want a certificate of ours, which counts among those that end', async () => {
  const { ca } = cluster.tls!;
  expect(await found('postgres', { tls: { ca } })).toMatch(/^node-login-refused: .*valid client certificate/);
  const { certificate, key } = cluster.authority!.issue('okiagari', join(folder, 'ours'), 5);
  const tls = { ca, client: { certificate: { file: certificate }, key: { file: key } } };
  expect(await found('postgres', { tls })).toContain('ours.crt, which connections to a rest on, ends in');
});

test('programs of PostgreSQL check as we do: of a server of another authority no backup is taken', async () => {
  const stage = join(cluster.folder, 'stage');
  mkdirSync(stage);
  giveToOwner(stage);
  const backup = { tool: { kind: 'base-backup', wal: cluster.archive }, repositories: ['vault'], scratch: stage };
  const take = (tls: TlsSettings) => {
    const target = { kind: 'postgres', nodes: cluster.nodes, roles: cluster.roles, tls, backup };
    const settings = inventoryOf(target).targets[0] as unknown as PostgresSettings & BackedUpCluster;
    const request = { id: '20261122T020000Z-full-1a2b3c', kind: 'full' as const, stage, primary: settings.nodes[0]! };
    return createPostgresBackups(cluster.secret).take(settings, request);
  };
  await expect(take({ ...cluster.tls!, ca: { file: stranger.file } })).rejects.toThrow(
    /pg_basebackup .*certificate verify failed/s,
  );
  expect(readdirSync(stage)).toEqual([]);
});

/** Answers the first bytes of each client, and notes all. */
async function startPlain(heard: Buffer[], answer: () => string): Promise<{ readonly server: Server; readonly port: number }> {
  const port = await freePort();
  const server = createServer((client) => {
    client.on('error', () => undefined);
    client.once('data', () => client.write(answer()));
    client.on('data', (chunk) => heard.push(chunk));
  });
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  return { server, port };
}
