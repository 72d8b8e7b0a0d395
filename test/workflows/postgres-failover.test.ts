/** postgres-failover on real clusters, through a real worker and Temporal: never two primaries, nothing lost unasked, everybody back. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openChangeKey } from '../../activities/records/keys.ts';
import { startCluster, until, type TestCluster } from '../support/postgres/cluster.ts';
import { startBackedUp } from '../support/postgres/backed-up.ts';
import { declareBackedUp, declareCluster } from '../support/postgres/declare.ts';
import { freezeServer, thawServer } from '../support/postgres/freeze.ts';
import { isPrimary } from '../support/postgres/questions.ts';
import type { TestServer } from '../support/postgres/server.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { evidenceOf, outcomesByStep, sentenceOf } from '../support/recovery-driver.ts';

let stack: StoreStack;
let running: TestCluster | undefined;

openForFile(async (server) => (stack = await startStoreStack(server)));
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const scenario = 'postgres-failover';
const slow = { timeout: 180_000 };
const count = async (node: TestServer): Promise<number> =>
  Number((await node.sql<{ count: string }>('select count(*) from t'))[0]!.count);
const timelineOf = async (node: TestServer): Promise<number> => {
  await node.sql('checkpoint');
  return (await node.sql<{ id: number }>('select timeline_id as id from pg_control_checkpoint()'))[0]!.id;
};

/** A cluster with a thousand rows on every node. */
async function filled(options: Parameters<typeof startCluster>[0] = {}) {
  const cluster = await startCluster(options);
  running = cluster;
  const [a, b, c] = cluster.servers as [TestServer, TestServer, TestServer];
  await a.sql('create table t (n int)');
  await a.sql('insert into t select generate_series(1, 1000)');
  await cluster.caughtUp();
  return { cluster, a, b, c };
}

describe('a primary that died', () => {
  test('is taken over from without anybody being asked, and comes back as a standby', slow, async () => {
    const { a, b, cluster } = await filled();
    const db = declareCluster(stack, cluster);
    await a.kill();
    const id = await db.recover({ scenario });
    const state = await stack.unattended(id);
    await stack.record(id, 'postgres-failover');
    expect(state.status).toBe('recovered');
    expect(outcomesByStep(state)).toEqual({
      'hold target': 'done',
      fence: 'done',
      'prove the fence': 'done',
      'choose the successor': 'done',
      'point of no return': 'done',
      promote: 'done',
      'first commit': 'done',
      'rejoin a': 'done',
      verify: 'done',
    });
    expect(state.objectives).toMatchObject({ rpoAchieved: 0, metRpo: true, metRto: true });
    expect(sentenceOf(state, 'choose the successor')).toBe('b takes over. No commit is lost.');
    expect(sentenceOf(state, 'rejoin a')).toBe('a is a standby of b and receives its log (was rewound).');
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(b)]).toEqual([false, true, 2]);
    await b.sql('insert into t values (0)');
    await expect.poll(() => count(a)).toBe(1_001);
  });

  test('costs what its standby lacks: people are asked with figures, and what is lost is kept', slow, async () => {
    const { a, b, cluster } = await filled();
    await b.stop();
    await a.sql('select pg_sleep(1.2)');
    await a.sql('insert into t select generate_series(1, 5000)');
    await a.kill();
    await b.start();
    const db = declareCluster(stack, cluster, { more: 'objectives: { rpo: 1s }' });
    const id = await db.recover({ scenario });
    const loss = await stack.gate(id, 'loss');
    expect(loss.plan?.summary.en).toMatch(
      /^b takes over\. 1 commits of \d+ s would be lost, with at least 5000 rows; the budget is 1 s\.$/,
    );
    expect(loss.plan?.changes[0]?.before).toMatch(/^1 commits, [\d.]+ kB of the log, at least 5000 rows, 2/);
    expect(await isPrimary(b)).toBe(false);
    await stack.decide(id, loss, 'ren', 'approve');
    const state = await stack.unattended(id);
    await stack.record(id, 'postgres-failover.loss');
    expect(state.status).toBe('recovered');
    expect(state.objectives).toMatchObject({ metRpo: false });
    expect(await count(b)).toBe(1_000);
    expect(await count(a)).toBe(1_000);
    const kept = String(evidenceOf(state, 'rejoin a')?.['keptLog']);
    expect(readdirSync(kept).length).toBeGreaterThan(0);
  });

  test('stays as it was where the loss is not accepted', slow, async () => {
    const { a, b, cluster } = await filled();
    await b.stop();
    await a.sql('insert into t values (0)');
    await a.kill();
    await b.start();
    // A log that nobody can read counts as over every budget.
    const [first, second] = cluster.nodes;
    const nodes = [{ ...first, control: { ...first!.control, bin: '/nowhere' } }, second!];
    const db = declareCluster(stack, cluster, { nodes });
    const id = await db.recover({ scenario });
    const loss = await stack.gate(id, 'loss');
    expect(loss.plan?.changes[0]?.before).toContain('unknown');
    await stack.decide(id, loss, 'ren', 'reject');
    const state = await stack.result(id);
    await stack.record(id, 'postgres-failover.loss-rejected');
    expect(state.status).toBe('rolled-back');
    expect(existsSync(`${a.folder}/standby.signal`)).toBe(false);
    await a.start();
    expect([await isPrimary(a), await count(a)]).toEqual([true, 1_001]);
  });
});

test('backups go on behind a failover, on the new timeline', slow, async () => {
  const bed = await startBackedUp('base-backup', { standbys: 1 });
  running = bed;
  const [a, b] = bed.servers as [TestServer, TestServer];
  const db = declareBackedUp(stack, bed);
  await a.sql('create table t as select generate_series(1, 1000) as n');
  // The backup closes a file of the log, and nothing begins the next one. Dead before it has archived that, `a` would leave a hole.
  await db.takeBackup();
  await until(a, `select not exists (select from pg_ls_archive_statusdir() where name like '%.ready')`);
  await a.kill();
  const id = await db.recover({ scenario });
  const state = await stack.unattended(id);
  await stack.record(id, 'postgres-failover.backed-up');
  expect(state.status).toBe('recovered');
  expect(outcomesByStep(state)).toMatchObject({ verify: 'done', 'back up': 'done' });
  const backup = String(evidenceOf(state, 'back up')?.['backup']);
  expect(backup).toMatch(/-incremental-/);
  const { files } = JSON.parse(readFileSync(`${bed.repository}/${db.id}/${backup}/manifest.json`, 'utf8')) as {
    files: { path: string; in: string }[];
  };
  // The log of the new timeline, and how it left the old one.
  const own = files.filter((file) => file.in === backup).map(({ path }) => path);
  expect(own).toContainEqual(expect.stringMatching(/^wal\/00000002[0-9A-F]{16}\.gz$/));
  expect(own).toContain('wal/00000002.history.gz');
  expect(await timelineOf(b)).toBe(2);
});

describe('a primary that is not dead', () => {
  test('is stopped only when somebody agrees, and then nothing is lost', slow, async () => {
    const { a, b, cluster } = await filled();
    const db = declareCluster(stack, cluster);
    const id = await db.recover({ scenario });
    const fence = await stack.gate(id, 'fence');
    expect(fence.title.en).toBe('a is kept from writing, then b takes over. a takes writes and will be stopped.');
    await a.sql('insert into t values (0)');
    expect(await isPrimary(a)).toBe(true);
    await stack.decide(id, fence, 'ren', 'approve');
    const state = await stack.unattended(id);
    expect(state.status).toBe('recovered');
    expect(state.objectives.rpoAchieved).toBe(0);
    expect([await isPrimary(a), await isPrimary(b), await count(b)]).toEqual([false, true, 1_001]);
  });

  test('goes on where nobody agrees', slow, async () => {
    const { a, cluster } = await filled();
    const db = declareCluster(stack, cluster);
    const id = await db.recover({ scenario });
    await stack.decide(id, await stack.gate(id, 'fence'), 'ren', 'reject');
    const state = await stack.result(id);
    await stack.record(id, 'postgres-failover.fence-rejected');
    expect(state.status).toBe('stopped');
    expect(await isPrimary(a)).toBe(true);
  });

  test('and frozen is ended without being woken', slow, async () => {
    const { a, b, cluster } = await filled();
    const db = declareCluster(stack, cluster);
    freezeServer(a);
    const state = await stack.unattended(await db.recover({ scenario }));
    expect(state.status).toBe('recovered');
    expect(sentenceOf(state, 'choose the successor')).toBe('b takes over. No commit is lost.');
    expect([await isPrimary(a), await isPrimary(b)]).toEqual([false, true]);
  });

  test('and wakes while people decide is another plan, which they are asked about anew', slow, async () => {
    const { a, b, cluster } = await filled();
    const db = declareCluster(stack, cluster, { more: 'approvals: { fence: { need: 1, always: true, within: 5m } }' });
    freezeServer(a);
    const id = await db.recover({ scenario });
    const frozen = await stack.gate(id, 'fence');
    expect(frozen.plan?.changes[0]?.before).toBe('frozen: takes writes again when woken');
    thawServer(a);
    await a.sql('insert into t values (0)');
    await stack.decide(id, frozen, 'ren', 'approve');
    const asked = await stack.until(
      id,
      ({ waitingFor }) => waitingFor[0] !== undefined && waitingFor[0].digest !== frozen.digest,
    );
    expect(asked.waitingFor[0]?.plan?.changes[0]?.before).toBe('takes writes');
    await stack.decide(id, asked.waitingFor[0]!, 'ren', 'approve');
    const state = await stack.unattended(id);
    await stack.record(id, 'postgres-failover.woken');
    expect(state.status).toBe('recovered');
    expect([await isPrimary(a), await isPrimary(b), await count(b)]).toEqual([false, true, 1_001]);
  });

  test('that only we cannot reach is not proven gone: nobody is promoted, unless two approvers say so', slow, async () => {
    const { a, b, cluster } = await filled();
    const [first, second] = cluster.nodes;
    const nodes = [{ id: 'a', host: '127.0.0.1', port: 1 }, second!];
    expect(first!.port).not.toBe(1);
    const db = declareCluster(stack, cluster, { nodes });
    const id = await db.recover({ scenario });
    const refused = await stack.gate(id, 'failed:prove the fence');
    expect(refused.error?.sentence.en).toContain(
      'The fence of a is not proven: it does not answer, and nobody can say whether it is gone.',
    );
    expect(refused).toMatchObject({ need: 2, breakGlass: true });
    expect(await isPrimary(b)).toBe(false);
    await stack.decide(id, refused, 'ren', 'skip');
    expect(await isPrimary(b)).toBe(false);
    await stack.decide(id, refused, 'mio', 'skip');
    await stack.approve(id, 'loss');
    await stack.decide(id, await stack.gate(id, 'failed:rejoin a'), 'hana', 'skip');
    const state = await stack.unattended(id);
    await stack.record(id, 'postgres-failover.break-glass');
    expect(state.status).toBe('recovered');
    expect([await isPrimary(a), await isPrimary(b)]).toEqual([true, true]);
  });
});

describe('a cluster of three', () => {
  test('gets the standby that has most, and the others follow it', slow, async () => {
    const { a, b, c, cluster } = await filled({ standbys: 2 });
    await b.stop();
    await a.sql('insert into t values (0)');
    await until(c, 'select count(*) = 1001 from t');
    await a.kill();
    await b.start();
    const db = declareCluster(stack, cluster);
    const id = await db.recover({ scenario });
    const state = await stack.unattended(id);
    await stack.record(id, 'postgres-failover.three');
    expect(state.status).toBe('recovered');
    expect(sentenceOf(state, 'choose the successor')).toMatch(
      /^c takes over\. c has \d+ bytes more of the log than b\. No commit is lost\.$/,
    );
    expect([await isPrimary(a), await isPrimary(b), await isPrimary(c)]).toEqual([false, false, true]);
    expect([evidenceOf(state, 'rejoin a')?.['how'], evidenceOf(state, 'rejoin b')?.['how']]).toEqual(['rewound', 'followed']);
    await c.sql('insert into t values (0)');
    for (const node of [a, b]) await expect.poll(() => count(node)).toBe(1_002);
  });

  test('with one that has parted from the rest has all of them back', slow, async () => {
    const { a, b, c, cluster } = await filled({ standbys: 2 });
    // c wrote by itself once: it is on a timeline of its own, and far behind.
    c.set({ archive_command: 'true' });
    await c.sql('select pg_reload_conf()');
    await c.sql('select pg_promote(true, 30)');
    await c.sql('insert into t values (7)');
    await c.stop();
    await a.kill();
    const db = declareCluster(stack, cluster);
    const id = await db.recover({ scenario, input: { promote: 'b' } });
    const loss = await stack.gate(id, 'loss');
    await stack.decide(id, loss, 'ren', 'approve');
    const state = await stack.unattended(id);
    expect(state.status).toBe('recovered');
    expect(evidenceOf(state, 'rejoin c')).toMatchObject({
      how: 'rebuilt',
      keptFiles: `${c.folder}.okiagari-old-${state.id.slice(-12)}`,
    });
    await b.sql('insert into t values (0)');
    for (const node of [a, c]) await expect.poll(() => count(node)).toBe(1_001);
  });

  test('has a standby behind a standby, which stays there', slow, async () => {
    const { a, b, c, cluster } = await filled({ standbys: 2 });
    await b.sql("select pg_create_physical_replication_slot('slot_c', true)");
    const [, second] = cluster.nodes;
    c.set({
      primary_conninfo: `host=127.0.0.1 port=${second!.port} user=repl application_name=c password=${cluster.secret(cluster.roles.replication.password)}`,
    });
    await c.sql('select pg_reload_conf()');
    await until(b, "select exists (select from pg_stat_replication where application_name = 'c')");
    await a.sql("select pg_drop_replication_slot('slot_c')");
    await a.kill();
    const state = await stack.unattended(await declareCluster(stack, cluster).recover({ scenario }));
    expect(state.status).toBe('recovered');
    expect(outcomesByStep(state)).toMatchObject({ 'rejoin a': 'done', 'rejoin c': 'already-done' });
    await b.sql('insert into t values (0)');
    for (const node of [a, c]) await expect.poll(() => count(node)).toBe(1_001);
  });

  async function filledInSync() {
    const bed = await filled();
    for (const node of [bed.a, bed.b]) node.set({ synchronous_standby_names: 'ANY 1 (a, b)' });
    for (const node of [bed.a, bed.b]) await node.sql('select pg_reload_conf()');
    await until(bed.a, "select bool_or(sync_state = 'quorum') from pg_stat_replication");
    return bed;
  }

  test('that commits synchronously loses nothing, and is told that commits wait until a standby is back', slow, async () => {
    const { a, b, cluster } = await filledInSync();
    await a.sql('insert into t values (0)');
    await a.kill();
    const state = await stack.unattended(await declareCluster(stack, cluster).recover({ scenario }));
    expect(state.status).toBe('recovered');
    expect(sentenceOf(state, 'choose the successor')).toBe('b takes over. No commit is lost.');
    expect(sentenceOf(state, 'first commit')).toBe('Commits on b wait for ANY 1 (a, b), until a standby is back.');
    expect(await count(b)).toBe(1_001);
  });

  test.each([
    ['left where it may be', filled, undefined],
    ['asked about all the same where commits wait for it', filledInSync, 'failed:rejoin a'],
  ])('whose old primary cannot be brought back: %s', slow, async (_what, start, gate) => {
    const { a, cluster } = await start();
    const roles = { ...cluster.roles, replication: { user: 'nobody', password: { env: 'PG' } } };
    await a.kill();
    const id = await declareCluster(stack, { ...cluster, roles }).recover({ scenario, input: { bringBack: 'may' } });
    const now = await stack.until(id, ({ status, waitingFor }) => status === 'recovered' || waitingFor.length > 0);
    expect(now.waitingFor[0]?.gate).toBe(gate);
    await stack.client.workflow
      .getHandle(id)
      .terminate('seen')
      .catch(() => undefined);
  });

  test('whose old primary people let go by amending the step that failed', slow, async () => {
    const { a, cluster } = await filled();
    const roles = { ...cluster.roles, replication: { user: 'nobody', password: { env: 'PG' } } };
    await a.kill();
    const id = await declareCluster(stack, { ...cluster, roles }).recover({ scenario, input: { promote: 'z' } });
    const failed = await stack.gate(id, 'failed:fence');
    await stack.decide(id, failed, 'hana', 'amend', { input: { bringBack: 'may' } });
    expect((await stack.unattended(id)).status).toBe('recovered');
  });
});

describe('a recovery that was ended by force', () => {
  test('behind the point of no return is taken up by the next one, and nobody becomes a second primary', slow, async () => {
    const { a, b, cluster } = await filled();
    const [first, second] = cluster.nodes;
    // Its files cannot be set up: the recovery waits there.
    const roles = { ...cluster.roles, replication: { user: 'nobody', password: { env: 'PG' } } };
    const db = declareCluster(stack, { ...cluster, roles }, { nodes: [first!, second!] });
    await a.kill();
    const id = await db.recover({ scenario });
    await stack.gate(id, 'failed:rejoin a');
    await stack.client.workflow.getHandle(id).terminate('by force');
    const again = await db.recover({ scenario, acknowledgeCoolDown: true });
    const failed = await stack.gate(again, 'failed:rejoin a');
    const open = join(stack.data, 'records', openChangeKey(db.id));
    expect(JSON.parse(readFileSync(open, 'utf8'))).toMatchObject({ undos: [{ activity: 'undoPostgresFence' }] });
    await stack.decide(again, failed, 'hana', 'skip');
    const state = await stack.unattended(again);
    expect(existsSync(open)).toBe(false);
    expect(outcomesByStep(state)).toMatchObject({ 'settle open change': 'done', fence: 'already-done', promote: 'already-done' });
    expect(state.status).toBe('recovered');
    expect([await isPrimary(b), await timelineOf(b), existsSync(`${a.folder}/standby.signal`)]).toEqual([true, 2, true]);
  });
});

describe('a planned move', () => {
  test('there and back loses nothing and asks nobody', slow, async () => {
    const { a, b, cluster } = await filled();
    const db = declareCluster(stack, cluster);
    const there = await stack.unattended(await db.recover({ scenario, input: { mode: 'switchover' } }));
    expect(there.status).toBe('recovered');
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(b)]).toEqual([false, true, 2]);
    await b.sql('insert into t values (0)');
    const input = { mode: 'switchover', promote: 'a' };
    const id = await db.recover({ scenario, input, acknowledgeCoolDown: true });
    const back = await stack.unattended(id);
    await stack.record(id, 'postgres-failover.switchover');
    expect(back.status).toBe('recovered');
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(a)]).toEqual([true, false, 3]);
    expect([await count(a), await count(b)]).toEqual([1_001, 1_001]);
  });

  test('is refused where it would not be one', slow, async () => {
    const { a, b, cluster } = await filled();
    const db = declareCluster(stack, cluster);
    await b.sql('select pg_wal_replay_pause()');
    const id = await db.recover({ scenario, input: { mode: 'switchover' } });
    const failed = await stack.gate(id, 'failed:fence');
    expect(failed.error).toMatchObject({ code: 'switchover-refused', sentence: { en: 'Replay on b is paused.' } });
    await stack.decide(id, failed, 'hana', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
    expect(await isPrimary(a)).toBe(true);
  });
});

test('a dry run touches nothing', slow, async () => {
  const { a, b, cluster } = await filled();
  const db = declareCluster(stack, cluster);
  for (const input of [{}, { mode: 'switchover' }]) {
    const id = await db.recover({ scenario, mode: 'dry-run', input });
    const state = await stack.result(id);
    expect(state.status).toBe('planned');
    expect(outcomesByStep(state)).toMatchObject({
      fence: 'planned',
      promote: 'planned',
      'rejoin a': 'planned',
      verify: 'planned',
    });
  }
  expect([await isPrimary(a), await isPrimary(b), existsSync(`${a.folder}/standby.signal`)]).toEqual([true, false, false]);
});
