/** postgres-failover on real clusters that Patroni runs, whose leader is alive: a planned move, a wish for another, and what goes beside Patroni. */
import { describe, expect, test } from 'vitest';
import { soon } from '../support/patroni/cluster.ts';
import { count, isPrimary, timelineOf, startPatroniStack, type PatroniStack } from '../support/patroni/stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { outcomesByStep, sentenceOf } from '../support/recovery-driver.ts';

let stack: PatroniStack;

openForFile(async (server) => (stack = await startPatroniStack(server)));

const scenario = 'postgres-failover';
const slow = { timeout: 240_000 };

describe('a planned move', () => {
  test('to one of several goes to the one that is fit; where one of them leads already nothing is done', slow, async () => {
    const { cluster, b, db } = await stack.filled({ standbys: 2 });
    const c = cluster.members[2]!;
    await c.killPatroni();
    const id = await db.recover({ scenario, input: { mode: 'switchover', promote: ['c', 'b'] } });
    await stack.until(id, ({ steps }) => steps.some(({ name, outcome }) => name === 'promote' && outcome === 'done'), 90_000);
    c.start();
    const state = await stack.unattended(id);
    expect(state.status).toBe('recovered');
    expect(sentenceOf(state, 'ask Patroni')).toBe(
      'a leads; Patroni is asked to have it step down for b. Patroni would not let c lead.',
    );
    expect(await isPrimary(b)).toBe(true);
    const again = await db.recover({ scenario, input: { promote: ['c', 'b'] }, acknowledgeCoolDown: true });
    expect(outcomesByStep(await stack.unattended(again))).toMatchObject({ promote: 'already-done' });
    expect(await timelineOf(b)).toBe(2);
  });

  test('is made by Patroni there and back, loses nothing, and asks nobody', slow, async () => {
    const { cluster, a, b, db } = await stack.filled();
    const there = await db.recover({ scenario, input: { mode: 'switchover' } });
    const state = await stack.unattended(there);
    await stack.record(there, 'postgres-failover.patroni-switchover');
    expect(state.status).toBe('recovered');
    expect(outcomesByStep(state)).toEqual({
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
    const back = await stack.unattended(
      await db.recover({ scenario, input: { mode: 'switchover', promote: 'a' }, acknowledgeCoolDown: true }),
    );
    expect([back.status, back.objectives.rpoAchieved]).toEqual(['recovered', 0]);
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(a)]).toEqual([true, false, 3]);
    expect([await count(a), await count(b)]).toEqual([101, 101]);
  });

  test('is refused where it would not be one, and nobody is asked for anything', slow, async () => {
    const { a, b, db } = await stack.filled();
    await b.killPatroni();
    const id = await db.recover({ scenario, input: { mode: 'switchover' } });
    const failed = await stack.gateAtLast(id, 'failed:ask Patroni');
    expect(failed.error).toMatchObject({
      code: 'nobody-to-promote',
      sentence: { en: 'No standby can take over; Patroni would not let b lead.' },
    });
    await stack.decide(id, failed, 'hana', 'roll-back');
    expect((await stack.result(id)).status).toBe('stopped');
    expect([await isPrimary(a), await timelineOf(a)]).toEqual([true, 1]);
  });
});

describe('a leader that takes writes', () => {
  test('is left alone where nobody names another, and steps down only when somebody agrees', slow, async () => {
    const { a, b, db } = await stack.filled();
    const asked = await db.recover({ scenario, input: { promote: 'b' } });
    const fence = await stack.gate(asked, 'fence');
    expect(fence.plan?.summary.en).toBe('a takes writes; Patroni stops it and has b lead.');
    await stack.decide(asked, fence, 'ren', 'reject');
    expect((await stack.result(asked)).status).toBe('stopped');
    expect([await isPrimary(a), await timelineOf(a)]).toEqual([true, 1]);

    const none = await stack.unattended(await db.recover({ scenario, acknowledgeCoolDown: true }));
    expect([none.status, sentenceOf(none, 'ask Patroni')]).toEqual(['recovered', 'Patroni has a lead, and it takes writes.']);
    expect(await timelineOf(a)).toBe(1);

    const again = await db.recover({ scenario, input: { promote: 'b' }, acknowledgeCoolDown: true });
    await stack.decide(again, await stack.gate(again, 'fence'), 'ren', 'approve');
    const state = await stack.unattended(again);
    await stack.record(again, 'postgres-failover.patroni-step-down');
    expect([state.status, await isPrimary(a), await timelineOf(b)]).toEqual(['recovered', false, 2]);
  });

  test(
    'without its Patroni, beside the one that Patroni elected, is found: clients stay where they are until it is stopped',
    slow,
    async () => {
      const { a, b, db } = await stack.filled({ ttl: soon });
      await a.killPatroni();
      const id = await db.recover({ scenario });
      const refused = await stack.gateAtLast(id, 'failed:prove the fence');
      expect(refused.error?.sentence.en).toContain('The fence of a is not proven: it takes writes.');
      expect(refused).toMatchObject({ need: 2, breakGlass: true });
      expect([await isPrimary(a), await isPrimary(b)]).toEqual([true, true]);
      // As a power failure would do it: by hand, on its machine.
      await a.kill();
      a.start();
      await stack.decide(id, refused, 'hana', 'retry');
      const state = await stack.unattended(id);
      expect(state.status).toBe('recovered');
      expect([await isPrimary(a), await isPrimary(b), await timelineOf(b)]).toEqual([false, true, 2]);
    },
  );
});

test('Patroni without its store is not asked for anything, and found well when that is back', slow, async () => {
  const { cluster, a, db } = await stack.filled();
  await cluster.etcd.stop();
  const id = await db.recover({ scenario });
  const failed = await stack.gateAtLast(id, 'failed:ask Patroni');
  expect(failed.error?.code).toBe('patroni-away');
  await cluster.etcd.start();
  await cluster.settled('a', ['b']);
  await stack.decide(id, failed, 'hana', 'retry');
  const state = await stack.unattended(id);
  expect(state.status).toBe('recovered');
  expect(await isPrimary(a)).toBe(true);
});

test('a dry run touches nothing', slow, async () => {
  const { a, b, db } = await stack.filled();
  const id = await db.recover({ scenario, mode: 'dry-run', input: { mode: 'switchover' } });
  const state = await stack.result(id);
  expect(state.status).toBe('planned');
  expect(outcomesByStep(state)).toMatchObject({
    'ask Patroni': 'done',
    promote: 'planned',
    'rejoin a': 'planned',
    verify: 'planned',
  });
  expect([await isPrimary(a), await isPrimary(b), await timelineOf(a)]).toEqual([true, false, 1]);
});
