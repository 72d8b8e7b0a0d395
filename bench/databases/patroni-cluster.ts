/** Two PostgreSQL nodes under Patroni on free loopback ports, run by the user postgres, whose machines can die. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { killServer } from '../../test/support/postgres/freeze.ts';
import { giveToOwner, owner, postgresBin, type TestServer } from '../../test/support/postgres/server.ts';
import { freePort } from '../../test/support/temporal-server.ts';
import { etcdProgram, startEtcd } from './etcd.ts';

/** In seconds, as Patroni's documentation names them. */
export interface PatroniSettings {
  readonly ttl: number;
  readonly loop_wait: number;
  readonly retry_timeout: number;
}

export interface PatroniNode extends Pick<TestServer, 'id' | 'port' | 'folder' | 'sql'> {
  readonly host: string;
  /** Agent and server die at once. */
  kill(): void;
  start(): void;
  /** The last words of the agent and its server. */
  said(): string;
}

export interface PatroniCluster {
  readonly nodes: readonly PatroniNode[];
  readonly servers: readonly PatroniNode[];
  /** Who leads and who follows, once the one streams to the other and both agents say so. */
  ready(): Promise<{ readonly primary: PatroniNode; readonly standby: PatroniNode }>;
  /** Until the primary has said the next time that it is alive. */
  leaderRenewed(): Promise<void>;
  /** Asks for it and does not wait. */
  switchOver(from: PatroniNode, to: PatroniNode): Promise<void>;
}

const scope = 'bench';
const passwords = { superuser: 'canary-of-postgres', replication: 'canary-of-replication' };

/** What Debian's packages of these names bring. */
const needed = {
  patroni: '/usr/bin/patroni',
  'etcd-server': etcdProgram,
  'python3-etcd': '/usr/lib/python3/dist-packages/etcd',
};

export const isPatroniHere = (): boolean => Object.values(needed).every((path) => existsSync(path));

export async function startPatroni(settings: PatroniSettings, tidy: AsyncDisposableStack): Promise<PatroniCluster> {
  if (!isPatroniHere()) throw new Error(`Patroni is not installed: apt-get install ${Object.keys(needed).join(' ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-patroni-'));
  tidy.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  giveToOwner(folder);
  const etcd = await startEtcd(folder, tidy);
  const apis = new Map<string, string>();
  const nodes: PatroniNode[] = [];
  for (const id of ['a', 'b']) {
    const [port, api] = [await freePort(), `127.0.0.1:${await freePort()}`];
    apis.set(id, api);
    const node = describeNode(id, folder, port, tidy);
    writeFileSync(configOf(node), JSON.stringify(configuration(node, { settings, folder, api, etcd: etcd.port })));
    nodes.push(node);
    node.start();
    // The first one makes the cluster, the second one copies it.
    await until(`${id} runs`, async () => (await node.sql('select 1')).length === 1, nodes);
  }

  async function ready() {
    for (const primary of nodes) {
      const standby = nodes.find((node) => node !== primary)!;
      const answer = await fetch(`http://${apis.get(primary.id)}/primary`).catch(() => undefined);
      if (!answer?.ok) continue;
      // Healthy in the words of the agent itself, which it needs before it hands over.
      const follower = await fetch(`http://${apis.get(standby.id)}/replica?lag=1MB`).catch(() => undefined);
      const streams = await primary.sql(
        `select from pg_stat_replication where application_name = '${standby.id}' and state = 'streaming'`,
      );
      if (follower?.ok && streams.length === 1) return { primary, standby };
    }
    return undefined;
  }
  return {
    ...{ nodes, servers: nodes, ready: () => until('a standby streams', ready, nodes) },
    leaderRenewed: () => etcd.renewed(`/service/${scope}/leader`),
    async switchOver(from, to) {
      const body = JSON.stringify({ leader: from.id, candidate: to.id });
      const asked = fetch(`http://${apis.get(from.id)}/switchover`, { method: 'POST', body });
      asked.catch(() => undefined);
    },
  };
}

const configOf = ({ folder }: Pick<PatroniNode, 'folder'>): string => `${folder}.json`;

interface Surroundings {
  readonly settings: PatroniSettings;
  readonly folder: string;
  readonly api: string;
  readonly etcd: number;
}

/** YAML is what Patroni reads, and JSON is YAML. */
const configuration = ({ id, port, folder: data }: PatroniNode, { settings, folder, api, etcd }: Surroundings) => ({
  ...{ scope, name: id },
  restapi: { listen: api, connect_address: api },
  etcd3: { host: `127.0.0.1:${etcd}` },
  bootstrap: {
    dcs: { ...settings, maximum_lag_on_failover: 1_048_576, postgresql: { use_pg_rewind: true, use_slots: true } },
    initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums', 'no-sync'],
  },
  postgresql: {
    listen: `127.0.0.1:${port}`,
    connect_address: `127.0.0.1:${port}`,
    data_dir: data,
    bin_dir: postgresBin(),
    pgpass: join(folder, `${id}.pgpass`),
    authentication: {
      superuser: { username: 'postgres', password: passwords.superuser },
      replication: { username: 'repl', password: passwords.replication },
    },
    parameters: { unix_socket_directories: folder, wal_keep_size: '64MB' },
    pg_hba: [
      'local all all trust',
      'host replication repl 127.0.0.1/32 scram-sha-256',
      'host all all 127.0.0.1/32 scram-sha-256',
    ],
    remove_data_directory_on_rewind_failure: true,
    remove_data_directory_on_diverged_timelines: true,
  },
});

function describeNode(id: string, sockets: string, port: number, tidy: AsyncDisposableStack): PatroniNode {
  const folder = join(sockets, id);
  let agent: ChildProcess | undefined;
  let said = '';
  const kill = (): void => {
    agent?.kill('SIGKILL');
    killServer({ folder });
  };
  process.once('exit', kill);
  tidy.defer(async () => {
    const gone = agent && agent.exitCode === null && agent.signalCode === null && once(agent, 'exit');
    kill();
    await gone;
    process.removeListener('exit', kill);
  });
  return {
    ...{ id, port, folder, kill, host: '127.0.0.1' },
    said: () => said,
    start() {
      agent = spawn('/usr/bin/patroni', [configOf({ folder })], {
        ...owner,
        cwd: sockets,
        env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      agent.stderr!.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)));
    },
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
  };
}

/** What `look` answers once it is neither nothing nor an error. */
async function until<T>(what: string, look: () => Promise<T>, nodes: readonly PatroniNode[]): Promise<NonNullable<T>> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    if (performance.now() > deadline) {
      throw new Error(`It never came that ${what}.\n${nodes.map((node) => node.said()).join('\n')}`);
    }
    await delay(100);
  }
}
