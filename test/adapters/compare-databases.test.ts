/** What differs between two copies of a cluster is told exactly for small tables, closely for large ones, and left out aloud where nobody could look. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgres } from '../../adapters/postgres/postgres.ts';
import type { Difference } from '../../domain/postgres/difference.ts';
import { startCluster, type TestCluster } from '../support/postgres/cluster.ts';
import type { TestServer } from '../support/postgres/server.ts';

let cluster: TestCluster;
let a: TestServer;
let found: Difference;

/** The standby stays at the moment; what comes after it is only now. */
beforeAll(async () => {
  cluster = await startCluster();
  const b = cluster.servers[1]!;
  a = cluster.servers[0]!;
  await a.sql('grant pg_read_all_data to okiagari');
  await a.sql('create database other');
  await a.sql('create database gone');
  await a.sql('create role steady');
  for (const text of [
    'create table same as select n from generate_series(1, 10) as n',
    'create table keyed (id int, kind text, word text, primary key (kind, id))',
    `insert into keyed select n, 'k', 'w' || n from generate_series(1, 10) as n`,
    'create table loose as select n % 3 as n from generate_series(1, 9) as n',
    'create table large (n int primary key, word text)',
    `insert into large select n, 'word' from generate_series(1, 240000) as n`,
    'analyze large',
    'create table wider (n int primary key, moved timestamptz)',
    `insert into wider values (1, '2026-01-01T00:00:00Z')`,
    'create table dropped (n int)',
    'create unlogged table fleeting (n int)',
    'create view seen as select n from same',
    `create function f() returns int language sql as 'select 1'`,
  ]) {
    await a.sql(text);
  }
  await cluster.caughtUp();
  await b.sql('select pg_wal_replay_pause()');
  for (const text of [
    `insert into keyed values (11, 'k', 'new'), (12, 'k', 'new')`,
    `delete from keyed where id = 1`,
    `update keyed set word = 'other' where id in (2, 3, 4)`,
    'insert into loose values (0), (9)',
    'delete from loose where ctid in (select ctid from loose where n = 1 limit 1)',
    `update large set word = 'other' where n <= 12000`,
    'alter table wider add column more text default $$x$$',
    'drop table dropped',
    'create table fresh (n int)',
    'create index on same (n)',
    'create or replace view seen as select n + 0 as n from same',
    `create or replace function f() returns int language sql as 'select 2'`,
    'alter role steady createdb',
    'create database new',
    'drop database gone',
    // Words of values follow the settings of whoever asks; none of these may count as a difference.
    `alter role okiagari set timezone to 'Asia/Tokyo'`,
  ]) {
    await a.sql(text);
  }
  const [now, then] = cluster.nodes;
  const login = { database: 'postgres', roles: cluster.roles };
  found = await createPostgres(cluster.secret).compare(now!, then!, login);
}, 60_000);
afterAll(() => cluster?.stop());

const table = (name: string) => found.tables.find((one) => one.table === `public.${name}`);

test('row by row, by primary key where there is one', () => {
  expect(table('same')).toEqual({ table: 'public.same', onlyNow: 0, onlyThen: 0, changed: null, oneIn: 1 });
  expect(table('keyed')).toEqual({ table: 'public.keyed', onlyNow: 2, onlyThen: 1, changed: 3, oneIn: 1 });
  expect(table('loose')).toEqual({ table: 'public.loose', onlyNow: 2, onlyThen: 1, changed: null, oneIn: 1 });
  expect(table('wider')).toEqual({ table: 'public.wider', onlyNow: 0, onlyThen: 0, changed: 0, oneIn: 1 });
});

test('of a large table by the same sample of both sides', () => {
  const { onlyNow, onlyThen, changed, oneIn } = table('large')!;
  expect([onlyNow, onlyThen, oneIn]).toEqual([0, 0, 3]);
  expect(Math.abs(changed! - 12_000)).toBeLessThan(1_200);
});

test('definitions, roles and databases as well', () => {
  const { onlyNow, onlyThen, changed } = found.schema;
  expect(onlyNow.toSorted()).toEqual(['database new', 'index public.same_n_idx', 'table public.fresh']);
  expect(onlyThen.toSorted()).toEqual(['database gone', 'table public.dropped']);
  expect(changed.toSorted()).toEqual(['function public.f()', 'role steady', 'table public.wider', 'view public.seen']);
});

test('and what nobody looked into is said', () => {
  expect(found.unseen).toEqual([{ what: 'public.fleeting', why: 'unlogged' }]);
});
