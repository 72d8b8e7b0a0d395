/** postgres-failover on real clusters that Patroni runs: it is asked and waited for, nobody is fenced or promoted past it. */
import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RecoveryState, Waiting } from '../../domain/recovery.ts';
import { callApi } from '../support/patroni/api.ts';
import { soon, startPatroni, type Member, type PatroniCluster } from '../support/patroni/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import { recordHistory } from '../support/record-history.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts';

let server: TemporalServer;
let stack: StoreStack;
let running: PatroniCluster | undefined;

beforeAll(async () => {
  server = await startTemporalServer();
  stack = await startStoreStack(server);
});
afterAll(async () => {
  await stack.stop();
  await server.stop();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const scenario = 'postgres-failover';
const slow = { timeout: 240_000 };
const record = (workflowId: string, name: string) => recordHistory(stack.client.workflow.getHandle(workflowId), name);
const outcomes = ({ steps }: RecoveryState) => Object.fromEntries(steps.map(({ name, outcome }) => [name, outcome]));
const sentence = ({ steps }: RecoveryState, step: string) => steps.find(({ name }) => name === step)?.sentence.en;
const isPrimary = async ({ server: node }: Member): Promise<boolean> =>
  (await node.sql<{ is: boolean }>('select not pg_is_in_recovery() as is'))[0]!.is;
const timelineOf = async ({ server: node }: Member): Promise<number> => {
  const rows = await node.sql<{ file: string }>('select pg_walfile_name(pg_current_wal_lsn()) as file');
  return Number.parseInt(rows[0]!.file.slice(0, 8), 16);
};
const count = async ({ server: node }: Member): Promise<number> =>
  (await node.sql<{ count: number }>('select count(*)::int as count from t'))[0]!.count;

/** A commit on this node is confirmed by that one. */
const isWaitedFor = async ({ api }: Member, name: string): Promise<boolean> => {
  const { members } = await callApi<{ members: { name: string; role: string }[] }>(api, '/cluster');
  return members.some((member) => member.name === name && member.role === 'sync_standby');
};

/** Two nodes with a hundred rows. */
async function filled(options: Parameters<typeof startPatroni>[0] = {}) {
  const cluster = await startPatroni(options);
  running = cluster;
  const [a, b] = cluster.members as [Member, Member];
  await a.server.sql('create table t as select generate_series(1, 100) as n');
  await expect.poll(() => count(b)).toBe(100);
  return { cluster, a, b, db: declareCluster(stack, cluster) };
}

/** Patroni takes its time, longer than a test waits for anything else. */
const patience = { timeout: 120_000, interval: 200 };
async function gateAtLast(id: string, gate: string): Promise<Waiting> {
  await expect.poll(async () => (await stack.state(id)).waitingFor.map((one) => one.gate), patience).toContain(gate);
  return stack.gate(id, gate);
}
/** Fails at once where people would be asked. */
async function unattended(id: string): Promise<RecoveryState> {
  await expect.poll(async () => (await stack.state(id)).status, patience).not.toBe('running');
  expect((await stack.state(id)).waitingFor.map(({ title }) => title.en)).toEqual([]);
  return stack.result(id);
}

describe('a planned move', () => {
  test('to one of several goes to the one that is fit; where one of them leads already nothing is done', slow, async () => {
    const { cluster, b, db } = await filled({ standbys: 2 });
    const c = cluster.members[2]!;
    await c.killPatroni();
    const id = await db.recover({ scenario, input: { mode: 'switchover', promote: ['c', 'b'] } });
    await stack.until(id, ({ steps }) => steps.some(({ name, outcome }) => name === 'promote' && outcome === 'done'), 90_000);
    c.start();
    const state = await unattended(id);
    expect(state.status).toBe('recovered');
    expect(sentence(state, 'ask Patroni')).toBe(
      'a leads; Patroni is asked to have it step down for b. Patroni would not let c lead.',
    );
    expect(await isPrimary(b)).toBe(true);
    const again = await db.recover({ scenario, input: { promote: ['c', 'b'] }, acknowledgeCoolDown: true });
    expect(outcomes(await unattended(again))).toMatchObject({ promote: 'already-done' });
    expect(await timelineOf(b)).toBe(2);
  });

  test('is made by Patroni there and back, loses nothing, and asks nobody', slow, async () => {
    const { cluster, a, b, db } = await filled();
    const there = await db.recover({ scenario, input: { mode: 'switchover' } });
    const state = await unattended(there);
    await record(there, 'postgres-failover.patroni-switchover');
    expect(state.status).toBe('recovered');
    expect(outcomes(state)).toEqual({
      'hold target': 'done',
      'ask Patroni': 'done',
      'point of no return': 'done',
      promote: 'done',
      'prove the fence': 'done',
      'first commit': 'done',
      'rejoin a': 'already-done',
      verify: 'done',
    });
    expect(state.objectives).toMatchObject({ rpoAchieved: 0, metRpo: true });
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(b)]).toEqual([false, true, 2]);
    await b.server.sql('insert into t values (0)');
    await cluster.settled('b', ['a']);
    const back = await unattended(
      await db.recover({ scenario, input: { mode: 'switchover', promote: 'a' }, acknowledgeCoolDown: true }),
    );
    expect(back.status).toBe('recovered');
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(a)]).toEqual([true, false, 3]);
    expect([await count(a), await count(b)]).toEqual([101, 101]);
  });

  test('is refused where it would not be one, and nobody is asked for anything', slow, async () => {
    const { a, b, db } = await filled();
    await b.killPatroni();
    const id = await db.recover({ scenario, input: { mode: 'switchover' } });
    const failed = await gateAtLast(id, 'failed:ask Patroni');
    expect(failed.error).toMatchObject({
      code: 'nobody-to-promote',
      sentence: { en: 'No standby can take over; Patroni would not let b lead.' },
    });
    await stack.decide(id, failed, 'hana', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
    expect([await isPrimary(a), await timelineOf(a)]).toEqual([true, 1]);
  });
});

describe('a leader that died with its Patroni', () => {
  test('is replaced by the one that Patroni elects: it is waited for, and the dead one comes back by Patroni', slow, async () => {
    const { a, b, db } = await filled({ ttl: soon });
    await a.kill();
    const id = await db.recover({ scenario });
    const failed = await gateAtLast(id, 'failed:rejoin a');
    expect(failed.error?.sentence.en).toContain('a does not follow b: its Patroni does not answer');
    const waited = await stack.state(id);
    expect(sentence(waited, 'ask Patroni')).toMatch(
      /^a does not take writes as it should; Patroni elects by itself, within \d+ s\.$/,
    );
    expect(sentence(waited, 'wait for Patroni')).toBe('Patroni has b lead, and it takes writes.');
    expect(outcomes(waited)).toMatchObject({ promote: 'already-done', 'prove the fence': 'done', 'first commit': 'done' });
    a.start();
    await stack.decide(id, failed, 'hana', 'retry');
    const state = await unattended(id);
    await record(id, 'postgres-failover.patroni-elected');
    expect(state.status).toBe('recovered');
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(b)]).toEqual([false, true, 2]);
    await b.server.sql('insert into t values (0)');
    await expect.poll(() => count(a)).toBe(101);
  });

  test('and was replaced before anybody asked is found so', slow, async () => {
    const { cluster, a, b, db } = await filled({ ttl: soon });
    await a.kill();
    await cluster.settled('b', []);
    a.start();
    await cluster.settled('b', ['a']);
    const state = await unattended(await db.recover({ scenario }));
    expect(state.status).toBe('recovered');
    expect(outcomes(state)).toEqual({
      'hold target': 'done',
      'ask Patroni': 'done',
      promote: 'already-done',
      'prove the fence': 'done',
      'first commit': 'done',
      'rejoin a': 'already-done',
      verify: 'done',
    });
    expect(await timelineOf(b)).toBe(2);
  });
});

test(
  'a synchronous cluster loses nothing, and says so, in a move as in a failover: all by https, and nobody is asked',
  slow,
  async () => {
    const { cluster, a, b, db } = await filled({ ttl: soon, isSynchronous: true, isTls: true });
    const move = await unattended(await db.recover({ scenario, input: { mode: 'switchover' } }));
    expect([move.status, move.objectives?.rpoAchieved]).toEqual(['recovered', 0]);
    await cluster.settled('b', ['a']);
    await expect.poll(() => isWaitedFor(b, 'a'), patience).toBe(true);
    await b.server.sql('insert into t values (0)');
    await b.kill();
    const id = await db.recover({ scenario, acknowledgeCoolDown: true });
    await cluster.settled('a', []);
    b.start();
    const state = await unattended(id);
    await record(id, 'postgres-failover.patroni-synchronous');
    expect(sentence(state, 'wait for Patroni')).toBe(
      'Patroni has a lead, and it takes writes. a had confirmed every commit: none is lost.',
    );
    expect([state.status, state.objectives]).toEqual(['recovered', expect.objectContaining({ rpoAchieved: 0, metRpo: true })]);
    expect([await isPrimary(a), await isPrimary(b), await count(a), await timelineOf(a)]).toEqual([true, false, 101, 3]);
  },
);

describe('Patroni that is paused while its leader dies', () => {
  test('is told whom to let lead, once people accept what may be lost', slow, async () => {
    const { cluster, a, b, db } = await filled({ ttl: soon });
    await cluster.configure({ pause: true });
    await a.kill();
    const id = await db.recover({ scenario });
    const loss = await gateAtLast(id, 'loss');
    expect(loss.plan?.summary.en).toMatch(
      /^b takes over\. What would be lost is unknown; it lacks 0 bytes of what Patroni last knew of a, and what was written after that nobody can say\.$/,
    );
    expect(await isPrimary(b)).toBe(false);
    await stack.decide(id, loss, 'ren', 'approve');
    const failed = await gateAtLast(id, 'failed:rejoin a');
    expect(failed.error?.sentence.en).toContain('its Patroni does not answer');
    await cluster.configure({ pause: false });
    a.start();
    await stack.decide(id, failed, 'hana', 'retry');
    const state = await unattended(id);
    await record(id, 'postgres-failover.patroni-paused');
    expect(state.status).toBe('recovered');
    expect(outcomes(state)).toMatchObject({ 'accept the loss': 'done', promote: 'done', 'prove the fence': 'done' });
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(b)]).toEqual([false, true, 2]);
  });

  test('is asked for nothing where they do not', slow, async () => {
    const { cluster, a, b, db } = await filled();
    await cluster.configure({ pause: true });
    await a.kill();
    const id = await db.recover({ scenario });
    await stack.decide(id, await gateAtLast(id, 'loss'), 'ren', 'reject');
    const state = await stack.result(id);
    await record(id, 'postgres-failover.patroni-loss-rejected');
    expect(state.status).toBe('stopped');
    expect(await isPrimary(b)).toBe(false);
  });
});

test('a standby that lacks more than Patroni allows leads only once people accept that loss', slow, async () => {
  const { a, b, db } = await filled({ ttl: soon });
  const [{ pid }] = (await b.server.sql<{ pid: number }>('select pid from pg_stat_wal_receiver')) as [{ pid: number }];
  process.kill(pid, 'SIGSTOP');
  await a.server.sql('insert into t select generate_series(1, 500000)');
  const lag = async (): Promise<number> => {
    const { members } = await callApi<{ members: { name: string; lag?: number }[] }>(b.api, '/cluster');
    return members.find(({ name }) => name === 'b')?.lag ?? 0;
  };
  await expect.poll(lag, patience).toBeGreaterThan(16 * 1024 * 1024);
  await a.kill();
  // It finds what is left in its connection, which is little, and then that nobody is there.
  process.kill(pid, 'SIGCONT');
  const id = await db.recover({ scenario });
  const loss = await gateAtLast(id, 'loss');
  expect(sentence(await stack.state(id), 'wait for Patroni')).toBe(
    'Nobody is within maximum_lag_on_failover (1.0 MB): Patroni elects nobody. b can lead.',
  );
  expect(loss.plan?.summary.en).toMatch(/it lacks [\d.]+ MB of what Patroni last knew of the leader/);
  expect(await isPrimary(b)).toBe(false);
  await stack.decide(id, loss, 'ren', 'approve');
  const failed = await gateAtLast(id, 'failed:rejoin a');
  a.start();
  await stack.decide(id, failed, 'hana', 'retry');
  const state = await unattended(id);
  expect([state.status, await timelineOf(b), await count(b), await count(a)]).toEqual(['recovered', 2, 100, 100]);
});

describe('a leader that takes writes', () => {
  test('is left alone where nobody names another, and steps down only when somebody agrees', slow, async () => {
    const { a, b, db } = await filled();
    const asked = await db.recover({ scenario, input: { promote: 'b' } });
    const fence = await stack.gate(asked, 'fence');
    expect(fence.plan?.summary.en).toBe('a takes writes; Patroni stops it and has b lead.');
    await stack.decide(asked, fence, 'ren', 'reject');
    expect((await stack.result(asked)).status).toBe('stopped');
    expect([await isPrimary(a), await timelineOf(a)]).toEqual([true, 1]);

    const none = await unattended(await db.recover({ scenario, acknowledgeCoolDown: true }));
    expect([none.status, sentence(none, 'ask Patroni')]).toEqual(['recovered', 'Patroni has a lead, and it takes writes.']);
    expect(await timelineOf(a)).toBe(1);

    const again = await db.recover({ scenario, input: { promote: 'b' }, acknowledgeCoolDown: true });
    await stack.decide(again, await stack.gate(again, 'fence'), 'ren', 'approve');
    const state = await unattended(again);
    await record(again, 'postgres-failover.patroni-step-down');
    expect([state.status, await isPrimary(a), await timelineOf(b)]).toEqual(['recovered', false, 2]);
  });

  test(
    'without its Patroni, beside the one that Patroni elected, is found: clients stay where they are until it is stopped',
    slow,
    async () => {
      const { a, b, db } = await filled({ ttl: soon });
      await a.killPatroni();
      const id = await db.recover({ scenario });
      const refused = await gateAtLast(id, 'failed:prove the fence');
      expect(refused.error?.sentence.en).toContain('The fence of a is not proven: it takes writes.');
      expect(refused).toMatchObject({ need: 2, breakGlass: true });
      expect([await isPrimary(a), await isPrimary(b)]).toEqual([true, true]);
      // As a power failure would do it: by hand, on its machine.
      await a.kill();
      a.start();
      await stack.decide(id, refused, 'hana', 'retry');
      const state = await unattended(id);
      expect(state.status).toBe('recovered');
      expect([await isPrimary(a), await isPrimary(b), await timelineOf(b)]).toEqual([false, true, 2]);
    },
  );
});

test('Patroni without its store is not asked for anything, and found well when that is back', slow, async () => {
  const { cluster, a, db } = await filled();
  await cluster.etcd.stop();
  const id = await db.recover({ scenario });
  const failed = await gateAtLast(id, 'failed:ask Patroni');
  expect(failed.error?.code).toBe('patroni-away');
  await cluster.etcd.start();
  await cluster.settled('a', ['b']);
  await stack.decide(id, failed, 'hana', 'retry');
  const state = await unattended(id);
  expect(state.status).toBe('recovered');
  expect(await isPrimary(a)).toBe(true);
});

test('a dry run touches nothing', slow, async () => {
  const { a, b, db } = await filled();
  const id = await db.recover({ scenario, mode: 'dry-run', input: { mode: 'switchover' } });
  const state = await stack.result(id);
  expect(state.status).toBe('planned');
  expect(outcomes(state)).toMatchObject({ 'ask Patroni': 'done', promote: 'planned', 'rejoin a': 'planned', verify: 'planned' });
  expect([await isPrimary(a), await isPrimary(b), await timelineOf(a)]).toEqual([true, false, 1]);
});
