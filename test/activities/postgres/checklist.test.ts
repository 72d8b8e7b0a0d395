/** The checklist of a real cluster: all of it passes where all is well, and each break fails exactly its item. */
import { openSync, closeSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createChecklistActivities } from '../../../activities/checklist/create-checklist-activities.ts';
import { createPostgresActivities } from '../../../activities/postgres/create-postgres-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { kinds } from '../../../contracts/kinds.ts';
import { startCluster, type TestCluster } from '../../support/postgres/cluster.ts';
import type { TestServer } from '../../support/postgres/server.ts';

let cluster: TestCluster;
let other: TestCluster;
let a: TestServer;
beforeAll(async () => {
  [cluster, other] = await Promise.all([startCluster({ standbys: 0 }), startCluster({ standbys: 0 })]);
  a = cluster.servers[0]!;
  for (const statement of [
    'create table orders (id bigserial primary key, note text)',
    'create table lines (id int generated always as identity primary key, "order" bigint)',
    `insert into orders (note) select 'order ' || n from generate_series(1, 200) n`,
    'insert into lines ("order") select id from orders',
    'grant pg_read_all_data to okiagari',
  ]) {
    await a.sql(statement);
  }
});
afterAll(() => Promise.all([cluster.stop(), other.stop()]));

async function fill(nodes = cluster.nodes) {
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: 'db', kind: 'postgres', nodes, roles: { control: { user: 'okiagari', password: { env: 'PG' } } } }],
  }) as Inventory;
  const ports = createPorts({ inventory: () => inventory, data: join(cluster.folder, 'data'), secret: () => cluster.password });
  const activities = createPostgresActivities(ports) as unknown as Record<string, (input: object) => Promise<[]>>;
  const asked = await Promise.allSettled(kinds['postgres']!.verify!.checks.map((name) => activities[name]!({ target: 'db' })));
  const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const faults = asked.flatMap((one) => (one.status === 'rejected' ? [{ en: (one.reason as Error).message, ja: '失敗' }] : []));
  return createChecklistActivities(ports).keepChecklist({
    id: 'list',
    target: 'db',
    startedAt: new Date().toISOString(),
    answers,
    faults,
  });
}

/** Items that did not pass, with the reason. */
async function wrong(nodes?: TestCluster['nodes']): Promise<Record<string, string>> {
  const { items } = await fill(nodes);
  const bad = items.filter(({ outcome }) => outcome === 'failed' || outcome === 'not-checked');
  return Object.fromEntries(bad.map(({ id, outcome, sentence }) => [id, `${outcome}: ${sentence.en}`]));
}

test('all is well: everything that applies has passed', async () => {
  const { passed, items } = await fill();
  expect(passed).toBe(true);
  expect(items.filter(({ outcome }) => outcome !== 'ok').map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
    'index-order not-applicable',
  ]);
});

describe('each break fails exactly its item', () => {
  test('a constraint that was never held against what was there', async () => {
    await a.sql('alter table lines add constraint fk foreign key ("order") references orders (id) not valid');
    expect(await wrong()).toEqual({ constraints: 'failed: 1 constraints are not validated: lines.fk.' });
    await a.sql('alter table lines validate constraint fk');
    expect(await wrong()).toEqual({});
  });

  test('an index that could not be built', async () => {
    await a.sql(`insert into orders (note) values ('twice'), ('twice')`);
    await expect(a.sql('create unique index concurrently twice on orders (note)')).rejects.toThrow(
      'could not create unique index',
    );
    expect(await wrong()).toEqual({ indexes: 'failed: 1 indexes are invalid: twice.' });
    await a.sql('drop index twice');
    expect(await wrong()).toEqual({});
  });

  test('a sequence that rows overtook, whether it has begun or not', async () => {
    await a.sql('insert into orders (id, note) values (900, $1)', ['by hand']);
    await a.sql('create table fresh (id serial)');
    await a.sql('insert into fresh values (1)');
    expect(await wrong()).toEqual({
      sequences: 'failed: 2 sequences would give numbers out again: orders_id_seq, fresh_id_seq.',
    });
    await a.sql(`select setval('orders_id_seq', 900)`);
    await a.sql('drop table fresh');
    expect(await wrong()).toEqual({});
  });

  test('a collation whose rules have moved', async () => {
    await a.sql(`update pg_collation set collversion = '1' where collname = 'ja-x-icu'`);
    expect(await wrong()).toEqual({ collations: expect.stringContaining('ja-x-icu') as string });
    await a.sql(`update pg_collation set collversion = pg_collation_actual_version(oid) where collname = 'ja-x-icu'`);
    expect(await wrong()).toEqual({});
  });

  test('an index out of order; without the right to ask nothing is claimed', async () => {
    await a.sql('create extension amcheck');
    expect(await wrong()).toEqual({ 'index-order': 'not-checked: Our role may not call bt_index_check.' });
    await a.sql('grant execute on function bt_index_check(regclass) to okiagari');
    expect(await wrong()).toEqual({});
    // An operator class whose order turns around after the index was built by it.
    await a.sql(`create function up(int, int) returns int language sql immutable as 'select $1 - $2'`);
    await a.sql(`create function down(int, int) returns int language sql immutable as 'select $2 - $1'`);
    await a.sql(`create operator class turning for type int using btree as
      operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 up(int, int)`);
    await a.sql('create index turned on lines (id turning)');
    await a.sql(`update pg_amproc set amproc = 'down'::regproc where amproc = 'up'::regproc`);
    expect(await wrong()).toEqual({ 'index-order': 'failed: 1 indexes are out of order: turned.' });
    await a.sql('drop index turned');
    expect(await wrong()).toEqual({});
  });

  test('a page that the disk changed', async () => {
    await a.sql('create table rotten as select n from generate_series(1, 1000) n');
    const [{ path }] = (await a.sql<{ path: string }>(`select pg_relation_filepath('rotten') as path`)) as [{ path: string }];
    await a.stop();
    const file = openSync(join(a.folder, path), 'r+');
    writeSync(file, 'rot', 4_000);
    closeSync(file);
    await a.start();
    await expect(a.sql('select count(*) from rotten')).rejects.toThrow('invalid page');
    await expect.poll(() => wrong(), { timeout: 10_000 }).toEqual({ checksums: 'failed: 1 pages failed their checksum.' });
    await a.sql('drop table rotten');
    await a.sql('select pg_stat_reset()');
    await expect.poll(() => wrong(), { timeout: 10_000 }).toEqual({});
  });
});

test('a commit that hangs is no commit, and why is told by the servers', async () => {
  a.set({ synchronous_standby_names: 'nobody' });
  await a.sql('select pg_reload_conf()');
  await expect.poll(() => a.sql(`select current_setting('synchronous_standby_names') as it`)).toEqual([{ it: 'nobody' }]);
  expect(await wrong()).toEqual({
    'no-drift': 'failed: Commits on a wait for nobody, and no synchronous standby streams.',
    commit: 'not-checked: a said: no answer within 5 s',
  });
  a.set({ synchronous_standby_names: '' });
  await a.sql('select pg_reload_conf()');
  await expect.poll(() => wrong(), { timeout: 10_000 }).toEqual({});
});

test('with two primaries, or none, nothing is said of data that nobody can speak for', async () => {
  const two = await wrong([cluster.nodes[0]!, { ...other.nodes[0]!, id: 'x' }]);
  expect(two['one-primary']).toBe('failed: 2 nodes take writes.');
  expect(two['no-drift']).toMatch(/^not-checked: Says nothing while/);
  expect(two['constraints']).toBe('not-checked: 2 nodes of db take writes: there is none to ask.');
  expect((await wrong([{ id: 'x', host: '127.0.0.1', port: 1 }]))['one-primary']).toBe('failed: 0 nodes take writes.');
});

test('a database without tables has been lost, whatever its server says', async () => {
  await a.sql('drop table lines, orders');
  await expect.poll(() => wrong(), { timeout: 10_000 }).toEqual({ tables: 'failed: postgres has 0 tables with about 0 rows.' });
});
