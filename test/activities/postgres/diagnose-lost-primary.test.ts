/** A primary is gone: its machine is asked whether it really is, its disk what a standby would lose, and by both whether one may be promoted. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgresActivities } from '../../../activities/postgres/create-postgres-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { eventually } from '../../support/eventually.ts';
import { startCluster, type TestCluster } from '../../support/postgres/cluster.ts';
import type { TestServer } from '../../support/postgres/server.ts';

let cluster: TestCluster;
let [a, b]: TestServer[] = [];
beforeAll(async () => {
  cluster = await startCluster();
  [a, b] = cluster.servers as [TestServer, TestServer];
  await a.sql('create table t (n int)');
  await cluster.caughtUp();
});
afterAll(() => cluster.stop());

function activities(nodes: TestCluster['nodes'] = cluster.nodes) {
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    targets: [{ id: 'db', kind: 'postgres', nodes, roles: { control: { user: 'okiagari', password: { env: 'PG' } } } }],
  }) as Inventory;
  const ports = createPorts({ inventory: () => inventory, data: cluster.folder, secret: () => cluster.password });
  return createPostgresActivities(ports);
}
const look = async (nodes?: TestCluster['nodes']) => (await activities(nodes).diagnosePostgres({ target: 'db' })).symptoms;
/** `yes`, or why not. */
const mayPromoteB = async (nodes?: TestCluster['nodes']): Promise<string> => {
  const { ok, sentence } = await activities(nodes).mayPromotePostgres({ target: 'db', node: 'b' });
  return ok ? 'yes' : sentence.en;
};
const found = async (...nodes: Parameters<typeof look>): Promise<string[]> => (await look(...nodes)).map(({ id }) => id);
const rows = async (server: TestServer): Promise<number> =>
  Number((await server.sql<{ count: string }>('select count(*) from t'))[0]!.count);

test('one that only we cannot reach still runs, and nothing is said of a loss that can grow', async () => {
  const rules = join(a!.folder, 'pg_hba.conf');
  const before = readFileSync(rules, 'utf8');
  writeFileSync(rules, `host all okiagari 127.0.0.1/32 reject\n${before}`);
  await a!.sql('select pg_reload_conf()');
  await eventually(() => found()).toEqual(['node-login-refused', 'no-primary', 'process-running', 'loss-unknown']);
  expect(await mayPromoteB()).toBe('b receives the log: whoever sends it lives.');
  expect((await activities().diagnosePostgres({ target: 'db' })).suggests).toEqual([]);
  writeFileSync(rules, before);
  await a!.sql('select pg_reload_conf()');
  await eventually(() => found()).toEqual([]);
  expect(await mayPromoteB()).toBe('b receives the log: whoever sends it lives.');
});

test('a machine that is not the one of the node proves nothing', async () => {
  const [first, second] = cluster.nodes;
  const elsewhere = [{ ...first!, port: 1 }, second!];
  expect(await found(elsewhere)).toEqual(['node-unreachable', 'no-primary', 'loss-unknown']);
});

test('one that is frozen is told apart from one that is gone', async () => {
  await a!.signal('SIGSTOP');
  const symptoms = await look();
  // As its time limit would end it in a minute.
  const [receiver] = await b!.sql<{ pid: number }>('select pid from pg_stat_wal_receiver');
  process.kill(receiver!.pid, 'SIGTERM');
  await expect.poll(() => mayPromoteB(), { timeout: 20_000 }).toBe('The fence is not proven: a is frozen.');
  await a!.signal('SIGCONT');
  await cluster.caughtUp();
  expect(symptoms.map(({ id }) => id)).toEqual(['node-unreachable', 'no-primary', 'process-frozen', 'loss-unknown']);
  expect(symptoms[2]!.sentence.en).toBe('a is frozen: it would take writes again when somebody wakes it.');
});

test('one that died with a standby that had everything costs nothing', async () => {
  await a!.kill();
  await expect
    .poll(() => found(), { timeout: 10_000 })
    .toEqual(['node-unreachable', 'no-primary', 'standby-not-streaming', 'process-gone', 'loss-none']);
  expect(await mayPromoteB()).toBe('yes');
  expect((await activities().diagnosePostgres({ target: 'db' })).suggests).toMatchObject([
    { scenario: 'postgres-failover', input: {} },
  ]);
  expect(await activities().mayPromotePostgres({ target: 'db' }), 'the best one').toMatchObject({ node: 'b', ok: true });
  expect(await activities([cluster.nodes[0]!]).mayPromotePostgres({ target: 'db' })).toMatchObject({ ok: false });
});

test('without a way to its machine, with a data folder that is not there, or a log that is gone, the loss is unknown', async () => {
  const [first, second] = cluster.nodes;
  const bare = [{ id: 'a', host: first!.host, port: first!.port }, second!];
  expect((await found(bare)).slice(3)).toEqual(['loss-unknown']);
  expect(await mayPromoteB(bare)).toBe('The fence is not proven: nobody can say whether a is gone.');
  const elsewhere = [{ ...first!, control: { ...first!.control!, data: '/nowhere' } }, second!];
  expect((await found(elsewhere)).slice(3)).toEqual(['loss-unknown']);
  renameSync(join(a!.folder, 'pg_wal'), join(a!.folder, 'aside'));
  expect((await found()).slice(3)).toEqual(['process-gone', 'loss-unknown']);
  expect(await mayPromoteB()).toMatch(/^What would be lost is unknown: no commit from before 20\S+Z, perhaps any after it\.$/);
  renameSync(join(a!.folder, 'aside'), join(a!.folder, 'pg_wal'));
  await a!.start();
  await cluster.caughtUp();
});

test('what a standby lacks is counted on the disk of the dead, and is what is missing when it takes over', async () => {
  await b!.stop();
  await a!.sql('insert into t select generate_series(1, 5000)');
  await a!.sql('begin; insert into t values (1); rollback');
  await a!.sql('begin; savepoint s; insert into t values (2); release s; insert into t values (3); commit');
  await a!.sql('update t set n = 0 where n = 4000');
  const had = await rows(a!);
  await a!.kill();
  await b!.start();
  const loss = (await look()).at(-1)!;
  expect(loss).toMatchObject({ id: 'loss', evidence: { commits: 3, rows: 5_003 } });
  expect(loss.evidence!['bytes']).toBeGreaterThan(300_000);
  expect(Math.abs(Date.now() - Date.parse(String(loss.evidence!['firstCommitAt'])))).toBeLessThan(60_000);
  expect(Date.parse(String(loss.evidence!['lastCommitAt']))).toBeGreaterThanOrEqual(
    Date.parse(String(loss.evidence!['firstCommitAt'])),
  );
  await b!.sql('select pg_promote(true, 30)');
  expect(had - (await rows(b!))).toBe(5_002);
});
