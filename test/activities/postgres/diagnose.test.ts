/** A real cluster is looked at: each drift is found and named, none on a clean one, and looking changes nothing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresActivities } from '../../../activities/postgres/create-postgres-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { startCluster, until, type TestCluster } from '../../support/postgres/cluster.ts';
import type { TestServer } from '../../support/postgres/server.ts';

let cluster: TestCluster;
let [a, b]: TestServer[] = [];
beforeAll(async () => {
  cluster = await startCluster();
  [a, b] = cluster.servers as [TestServer, TestServer];
});
afterAll(() => cluster.stop());

const inventoryOf = (nodes: TestCluster['nodes'], limits: object = {}): Inventory =>
  inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: 'db', kind: 'postgres', nodes, limits, roles: cluster.roles }],
  }) as Inventory;

/** Without a word about their machines, unless a test says so. */
const plainNodes = (): TestCluster['nodes'] => cluster.nodes.map(({ id, host, port }) => ({ id, host, port }));

async function look({ nodes = plainNodes(), secret = (): string | undefined => cluster.password, limits = {} } = {}) {
  const inventory = inventoryOf(nodes, limits);
  const ports = createPorts({ inventory: () => inventory, data: cluster.folder, secret });
  return createPostgresActivities(ports).diagnosePostgres({ target: 'db' });
}
const found = async (...with_: Parameters<typeof look>): Promise<string[]> => (await look(...with_)).symptoms.map(({ id }) => id);
const reload = async (server: TestServer, lines: Record<string, string>): Promise<void> => {
  server.set(lines);
  await server.sql('select pg_reload_conf()');
};
const settled = (wanted: string[]): Promise<void> => expect.poll(() => found(), { timeout: 10_000 }).toEqual(wanted);

describe('a cluster', () => {
  test('that is well has nothing to tell, and is as it was afterwards', async () => {
    const before = await a!.sql(
      'select pg_snapshot_xmax(pg_current_snapshot())::text as next, count(*) from pg_stat_activity where usename is not null',
    );
    const began = performance.now();
    expect(await look({ nodes: cluster.nodes })).toMatchObject({ target: 'db', symptoms: [], suggests: [] });
    console.log(`one diagnosis of two nodes and their machines: ${Math.round(performance.now() - began)} ms`);
    await until(a!, `select not exists (select from pg_stat_activity where usename = 'okiagari')`);
    expect(
      await a!.sql(
        'select pg_snapshot_xmax(pg_current_snapshot())::text as next, count(*) from pg_stat_activity where usename is not null',
      ),
    ).toEqual(before);
  });

  test('whose archive fails is found by the first file that could not go', async () => {
    await reload(a!, { archive_command: '/bin/false' });
    await a!.sql('create table t (n int)');
    await a!.sql('select pg_switch_wal()');
    await settled(['archive-failing']);
    await reload(a!, { archive_command: `cp %p ${cluster.archive}/%f` });
    await settled([]);
  });

  test('whose archive hangs is found by how much waits for it, before anything has failed', async () => {
    // Goes on as soon as the file is there.
    const release = join(cluster.folder, 'release');
    await reload(a!, { archive_command: `until test -e ${release}; do sleep 0.05; done` });
    for (let n = 0; n < 3; n++) {
      await a!.sql(`insert into t values (${n})`);
      await a!.sql('select pg_switch_wal()');
    }
    await settled(['archive-behind']);
    writeFileSync(release, '');
    await reload(a!, { archive_command: `cp %p ${cluster.archive}/%f` });
    await settled([]);
  });

  test('whose standby lacks more than it may, by how much', async () => {
    const [receiver] = await b!.sql<{ pid: number }>('select pid from pg_stat_wal_receiver');
    process.kill(receiver!.pid, 'SIGSTOP');
    await a!.sql('insert into t select generate_series(1, 5000)');
    const { symptoms } = await look({ limits: { lagBytes: 100_000 } });
    process.kill(receiver!.pid, 'SIGCONT');
    expect(symptoms.map(({ id }) => id)).toEqual(['standby-lag']);
    expect(Number(symptoms[0]!.evidence?.['bytes'])).toBeGreaterThan(300_000);
    await settled([]);
  });

  test('whose disk has less room than it should, where its machine can be asked', async () => {
    const { nodes } = cluster;
    expect(await found({ nodes })).toEqual([]);
    const roomBytes = 1_000_000_000_000_000;
    expect(await found({ nodes, limits: { roomBytes } })).toEqual(['disk-full', 'disk-full']);
    expect(await found({ limits: { roomBytes } })).toEqual([]);
  });

  test('whose archive is off cannot go back to a moment', async () => {
    a!.set({ archive_mode: 'off' });
    await a!.stop();
    await a!.start();
    await settled(['archive-off']);
    a!.set({ archive_mode: 'on' });
    await a!.stop();
    await a!.start();
    await settled([]);
  });

  test('whose commits wait for a standby that is not there', async () => {
    await reload(a!, { synchronous_standby_names: 'nobody' });
    await settled(['commits-wait']);
    await reload(a!, { synchronous_standby_names: 'b' });
    await settled([]);
    await reload(a!, { synchronous_standby_names: '' });
  });

  test('whose replay is paused, and how much it has yet to replay', async () => {
    await b!.sql('select pg_wal_replay_pause()');
    await until(b!, `select pg_get_wal_replay_pause_state() = 'paused'`);
    await a!.sql('insert into t select generate_series(1, 5000)');
    const { symptoms } = await look();
    expect(symptoms.map(({ id }) => id)).toEqual(['replay-paused']);
    await expect.poll(async () => Number((await look()).symptoms[0]?.evidence?.['bytes'])).toBeGreaterThan(100_000);
    await b!.sql('select pg_wal_replay_resume()');
    await settled([]);
  });

  test('whose standby is frozen, or gone, or comes back without its slot', async () => {
    await b!.signal('SIGSTOP');
    const [frozen] = (await look()).symptoms;
    expect(frozen).toMatchObject({ id: 'node-unreachable', evidence: { node: 'b' } });
    await b!.signal('SIGCONT');
    await settled([]);
    await b!.stop();
    await settled(['node-unreachable', 'slot-unused', 'nobody-to-promote']);
    await a!.sql(`select pg_drop_replication_slot('slot_b')`);
    await b!.start();
    await settled(['standby-not-streaming', 'slot-missing']);
    await a!.sql(`select pg_create_physical_replication_slot('slot_b', true)`);
    await settled([]);
  });
});

test.each([
  ['has expired', `valid until 'yesterday'`, `valid until 'infinity'`],
  ['may not replicate', 'noreplication', 'replication'],
])('the role of standbys %s: that is found while those that stream go on', async (_, wrong, right) => {
  await a!.sql(`alter role repl ${wrong}`);
  await settled(['replication-role']);
  await a!.sql(`alter role repl ${right}`);
  await settled([]);
});

describe('our role', () => {
  test('may not promote: that is found before the night it is needed', async () => {
    await a!.sql('revoke execute on function pg_promote(boolean, integer) from okiagari');
    await settled(['may-not-take-over', 'nobody-to-promote']);
    await a!.sql('grant execute on function pg_promote(boolean, integer) to okiagari');
    await settled([]);
  });

  test('has expired', async () => {
    await a!.sql(`alter role okiagari valid until 'yesterday'`);
    await settled(['node-login-refused', 'node-login-refused', 'no-primary', 'nobody-to-promote']);
    await a!.sql(`alter role okiagari valid until 'infinity'`);
    await settled([]);
  });

  test('may not look', async () => {
    await a!.sql('revoke pg_monitor from okiagari');
    await settled(['node-not-allowed', 'node-not-allowed', 'no-primary', 'nobody-to-promote']);
    await a!.sql('grant pg_monitor to okiagari');
    await settled([]);
  });

  test('has another password, which nobody repeats, or none', async () => {
    const refused = await look({ secret: () => 'canary-of-a-wrong-one' });
    expect(refused.symptoms.map(({ id }) => id)).toEqual([
      'node-login-refused',
      'node-login-refused',
      'no-primary',
      'nobody-to-promote',
    ]);
    expect(JSON.stringify(refused)).not.toContain('canary');
    const unset = await look({ secret: () => undefined });
    expect(unset.symptoms[0]!.sentence.en).toContain('$PG is not there');
  });
});

describe('a declaration', () => {
  test('of a server of another cluster', async () => {
    const other = await startCluster({ standbys: 0 });
    try {
      const nodes = [plainNodes()[0]!, { ...other.nodes[0]!, id: 'x' }];
      expect(await found({ nodes })).toEqual(['two-primaries', 'strangers', 'nobody-to-promote']);
    } finally {
      await other.stop();
    }
  });

  test('of a port where nobody listens, and of a name that does not exist', async () => {
    const nodes = [...plainNodes(), { id: 'x', host: '127.0.0.1', port: 1 }, { id: 'y', host: 'nobody.invalid', port: 5432 }];
    expect(await found({ nodes })).toEqual(['node-unreachable', 'node-unreachable']);
  });

  test('with the same node twice, without a node, or with a literal password is refused', () => {
    expect(() => inventoryOf([cluster.nodes[0]!, cluster.nodes[0]!])).toThrow('same id');
    expect(() => inventoryOf([])).toThrow();
    const [node] = cluster.nodes;
    const literal = { id: 'db', kind: 'postgres', nodes: [node], roles: { control: { user: 'o', password: 'secret' } } };
    expect(() => inventorySchema().parse({ version: 1, people: [], targets: [literal] })).toThrow('literal secret is refused');
  });
});

test('a standby that was promoted beside its primary is found', async () => {
  await b!.sql('select pg_promote(true, 30)');
  await settled(['two-primaries', 'nobody-to-promote']);
});
