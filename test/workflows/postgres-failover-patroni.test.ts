/** postgres-failover on real clusters that Patroni runs, whose leader died: it is asked and waited for, nobody is fenced or promoted past it. */
import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { callApi } from '../support/patroni/api.ts';
import { soon } from '../support/patroni/cluster.ts';
import {
  count,
  isPrimary,
  isWaitedFor,
  patience,
  timelineOf,
  startPatroniStack,
  type PatroniStack,
} from '../support/patroni/stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { outcomesByStep, sentenceOf } from '../support/recovery-driver.ts';

let stack: PatroniStack;

openForFile(async (server) => (stack = await startPatroniStack(server)));

const scenario = 'postgres-failover';
const slow = { timeout: 240_000 };

describe('a leader that died with its Patroni', () => {
  test('is replaced by the one that Patroni elects: it is waited for, and the dead one comes back by Patroni', slow, async () => {
    const { a, b, db } = await stack.filled({ ttl: soon });
    await a.kill();
    const id = await db.recover({ scenario });
    const failed = await stack.gateAtLast(id, 'failed:rejoin a');
    expect(failed.error?.sentence.en).toContain('a does not follow b: its Patroni does not answer');
    const waited = await stack.state(id);
    expect(sentenceOf(waited, 'ask Patroni')).toMatch(
      /^a does not take writes as it should; Patroni elects by itself, within \d+ s\.$/,
    );
    expect(sentenceOf(waited, 'wait for Patroni')).toBe('Patroni has b lead, and it takes writes.');
    expect(outcomesByStep(waited)).toMatchObject({ promote: 'already-done', 'prove the fence': 'done', 'first commit': 'done' });
    a.start();
    await stack.decide(id, failed, 'hana', 'retry');
    const state = await stack.unattended(id);
    await stack.record(id, 'postgres-failover.patroni-elected');
    expect(state.status).toBe('recovered');
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(b)]).toEqual([false, true, 2]);
    await b.server.sql('insert into t values (0)');
    await expect.poll(() => count(a)).toBe(101);
  });

  test('and was replaced before anybody asked is found so', slow, async () => {
    const { cluster, a, b, db } = await stack.filled({ ttl: soon });
    await a.kill();
    await cluster.settled('b', []);
    a.start();
    await cluster.settled('b', ['a']);
    const state = await stack.unattended(await db.recover({ scenario }));
    expect(state.status).toBe('recovered');
    expect(outcomesByStep(state)).toEqual({
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
  'a leader that hangs with its Patroni may wake and lead again: nobody is led past it until its machine is off',
  slow,
  async () => {
    const { a, b, db } = await stack.filled({ ttl: soon });
    a.freeze();
    const id = await db.recover({ scenario });
    const refused = await stack.gateAtLast(id, 'failed:prove the fence');
    expect(refused).toMatchObject({ need: 2, breakGlass: true });
    expect(refused.error?.sentence.en).toContain(
      'The fence of a is not proven: it does not answer, and nobody can say whether it is gone. Switch its machine off, then try again',
    );
    expect(outcomesByStep(await stack.state(id))).not.toHaveProperty('first commit');
    await b.server.sql('insert into t values (0)');
    await a.kill();
    await stack.decide(id, refused, 'hana', 'retry');
    const failed = await stack.gateAtLast(id, 'failed:rejoin a');
    a.start();
    await stack.decide(id, failed, 'hana', 'retry');
    const state = await stack.unattended(id);
    expect(state.status).toBe('recovered');
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(b), await count(b)]).toEqual([false, true, 2, 101]);
    await expect.poll(() => count(a)).toBe(101);
  },
);

test(
  'a synchronous cluster loses nothing, and says so, in a move as in a failover: all by https, and nobody is asked',
  slow,
  async () => {
    const { cluster, a, b, db } = await stack.filled({ ttl: soon, isSynchronous: true, isTls: true });
    const move = await stack.unattended(await db.recover({ scenario, input: { mode: 'switchover' } }));
    expect([move.status, move.objectives?.rpoAchieved]).toEqual(['recovered', 0]);
    await cluster.settled('b', ['a']);
    await expect.poll(() => isWaitedFor(b, 'a'), patience).toBe(true);
    await b.server.sql('insert into t values (0)');
    await b.kill();
    const id = await db.recover({ scenario, acknowledgeCoolDown: true });
    await cluster.settled('a', []);
    b.start();
    const state = await stack.unattended(id);
    await stack.record(id, 'postgres-failover.patroni-synchronous');
    expect(sentenceOf(state, 'wait for Patroni')).toBe(
      'Patroni has a lead, and it takes writes. a had confirmed every commit: none is lost.',
    );
    expect([state.status, state.objectives]).toEqual(['recovered', expect.objectContaining({ rpoAchieved: 0, metRpo: true })]);
    expect([await isPrimary(a), await isPrimary(b), await count(a), await timelineOf(a)]).toEqual([true, false, 101, 3]);
  },
);

describe('Patroni that is paused while its leader dies', () => {
  test('is told whom to let lead, once people accept what may be lost', slow, async () => {
    const { cluster, a, b, db } = await stack.filled({ ttl: soon });
    await cluster.configure({ pause: true });
    await a.kill();
    const id = await db.recover({ scenario });
    const loss = await stack.gateAtLast(id, 'loss');
    expect(loss.plan?.summary.en).toMatch(
      /^b takes over\. What would be lost is unknown; it lacks 0 bytes of what Patroni last knew of a, and what was written after that nobody can say\.$/,
    );
    expect(await isPrimary(b)).toBe(false);
    await stack.decide(id, loss, 'ren', 'approve');
    const failed = await stack.gateAtLast(id, 'failed:rejoin a');
    expect(failed.error?.sentence.en).toContain('its Patroni does not answer');
    await cluster.configure({ pause: false });
    a.start();
    await stack.decide(id, failed, 'hana', 'retry');
    const state = await stack.unattended(id);
    await stack.record(id, 'postgres-failover.patroni-paused');
    expect(state.status).toBe('recovered');
    expect(outcomesByStep(state)).toMatchObject({ 'accept the loss': 'done', promote: 'done', 'prove the fence': 'done' });
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(b)]).toEqual([false, true, 2]);
  });

  test('is asked for nothing where they do not', slow, async () => {
    const { cluster, a, b, db } = await stack.filled();
    await cluster.configure({ pause: true });
    await a.kill();
    const id = await db.recover({ scenario });
    await stack.decide(id, await stack.gateAtLast(id, 'loss'), 'ren', 'reject');
    const state = await stack.result(id);
    await stack.record(id, 'postgres-failover.patroni-loss-rejected');
    expect(state.status).toBe('stopped');
    expect(await isPrimary(b)).toBe(false);
  });
});

test('a standby that lacks more than Patroni allows leads only once people accept that loss', slow, async () => {
  const { a, b, db } = await stack.filled({ ttl: soon });
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
  const loss = await stack.gateAtLast(id, 'loss');
  expect(sentenceOf(await stack.state(id), 'wait for Patroni')).toBe(
    'Nobody is within maximum_lag_on_failover (1.0 MB): Patroni elects nobody. b can lead.',
  );
  expect(loss.plan?.summary.en).toMatch(/it lacks [\d.]+ MB of what Patroni last knew of the leader/);
  expect(await isPrimary(b)).toBe(false);
  await stack.decide(id, loss, 'ren', 'approve');
  const failed = await stack.gateAtLast(id, 'failed:rejoin a');
  a.start();
  await stack.decide(id, failed, 'hana', 'retry');
  const state = await stack.unattended(id);
  expect([state.status, await timelineOf(b), await count(b), await count(a)]).toEqual(['recovered', 2, 100, 100]);
});
