/** A POST that is repeated: one effect and one answer, whoever dies in between. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimKey, isAnswer, sweepKeys } from '../../api/idempotency.ts';
import { temporalAway } from '../support/fake-gateway.ts';
import { createMemoryRecords } from '../support/memory-records.ts';
import { startTestApi, type FakeRecovery, type PersonId, type TestApi } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

const request = { scenario: 'tool-store-loss', target: 'tools', reason: 'gone' };
const start = (key: string, body: object = {}, person: PersonId = 'hana') =>
  api.send(person, 'POST', '/v1/recoveries', { payload: { ...request, ...body }, headers: { 'idempotency-key': key } });

const keptFiles = () => [...api.records.content.keys()].filter((name) => name.startsWith('idempotency/'));
/** Makes every kept claim look `ms` older, as if its API had died back then. */
const age = (ms: number): void => {
  for (const name of keptFiles()) {
    const kept = JSON.parse(api.records.content.get(name)!) as { at: string };
    api.records.content.set(name, JSON.stringify({ ...kept, at: new Date(Date.parse(kept.at) - ms).toISOString() }));
  }
};
/** Takes the answer back, as if the API had died before it kept it. */
const forgetAnswer = (): void => {
  for (const name of keptFiles()) {
    const { answer: _, ...claim } = JSON.parse(api.records.content.get(name)!) as Record<string, unknown>;
    api.records.content.set(name, JSON.stringify(claim));
  }
};
const day = 24 * 3_600_000;

describe('a repeat', () => {
  test('answers the same status, body and address, and starts nothing', async () => {
    const first = await start('k1');
    const again = await start('k1');
    expect([again.statusCode, again.body, again.headers.location]).toEqual([202, first.body, first.headers.location]);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(api.gateway.runs).toHaveLength(1);
  });

  test('answers the same past the end of the run', async () => {
    const first = await start('k1');
    api.gateway.runs[0]!.state = 'completed';
    expect((await start('k1')).body).toBe(first.body);
    expect(api.gateway.runs).toHaveLength(1);
  });

  test('that spells out the defaults is the same request', async () => {
    const first = await start('k1');
    expect((await start('k1', { mode: 'run' })).body).toBe(first.body);
  });

  test('of a refusal is refused the same', async () => {
    await start('k1');
    const refused = await start('k2');
    expect(refused.statusCode).toBe(409);
    const again = await start('k2');
    expect([again.statusCode, again.body, again.headers['content-type']]).toEqual([
      409,
      refused.body,
      refused.headers['content-type'],
    ]);
  });

  test('with another body is 422 key-reused', async () => {
    await start('k1');
    expect((await start('k1', { reason: 'another' })).json()).toMatchObject({ status: 422, code: 'key-reused' });
    expect((await start('k1', { mode: 'dry-run' })).json()).toMatchObject({ code: 'key-reused' });
  });

  test('by another person, or at another address, is not a repeat', async () => {
    await start('k1');
    expect((await start('k1', {}, 'ren')).json()).toMatchObject({ code: 'held' });
    const backup = await api.send('hana', 'POST', '/v1/targets/tools/backups', {
      payload: {},
      headers: { 'idempotency-key': 'k1' },
    });
    expect(backup.statusCode).toBe(202);
  });

  test('without a key acts again', async () => {
    const twice = [1, 2].map(() => api.send('hana', 'POST', '/v1/recoveries', { payload: { ...request, mode: 'dry-run' } }));
    const ids = (await Promise.all(twice)).map((answer) => answer.json<{ id: string }>().id);
    expect(new Set(ids).size).toBe(2);
  });

  test('after 24 hours is a new request', async () => {
    await start('k1', { mode: 'dry-run' });
    age(day + 1);
    api.gateway.runs[0]!.state = 'completed';
    const later = await start('k1', { mode: 'dry-run', reason: 'another' });
    expect(later.statusCode).toBe(202);
    expect(api.gateway.runs).toHaveLength(2);
    expect((await start('k1', { mode: 'dry-run', reason: 'another' })).body).toBe(later.body);
  });

  test('of a request that was refused at the door claims nothing', async () => {
    await start('k1', { scenario: 7 });
    await start('k1', {}, 'vera');
    expect(keptFiles()).toEqual([]);
    expect((await start('k1')).statusCode).toBe(202);
  });
});

test('twenty at once have one effect and one answer', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => start('k1', { mode: 'dry-run' })));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 20 }, () => 202));
  expect(api.gateway.runs).toHaveLength(1);
});

describe('an API that died', () => {
  test('after the start and before the answer: the repeat finds the run', async () => {
    const first = await start('k1');
    forgetAnswer();
    age(60_000);
    const again = await start('k1');
    expect([again.statusCode, again.json()]).toEqual([202, first.json()]);
    expect(api.gateway.runs).toHaveLength(1);
  });

  test('and a run that has ended and been followed by another: the repeat still finds the first', async () => {
    const first = await start('k1');
    forgetAnswer();
    age(60_000);
    api.gateway.runs[0]!.state = 'completed';
    const other = await start('k2');
    expect((await start('k1')).json()).toEqual(first.json());
    expect(other.json<{ id: string }>().id).not.toBe(first.json<{ id: string }>().id);
    expect(api.gateway.runs).toHaveLength(2);
  });

  test('before the start: the repeat starts it, and only one of many repeats', async () => {
    await start('k1');
    forgetAnswer();
    age(60_000);
    api.gateway.runs.length = 0;
    const answers = await Promise.all(Array.from({ length: 10 }, () => start('k1')));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 10 }, () => 202));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(api.gateway.runs).toHaveLength(1);
  });

  test('in a dry run, in a backup: one of each', async () => {
    const backup = () =>
      api.send('hana', 'POST', '/v1/targets/tools/backups', { payload: { kind: 'full' }, headers: { 'idempotency-key': 'k2' } });
    const first = [await start('k1', { mode: 'dry-run' }), await backup()];
    forgetAnswer();
    age(60_000);
    for (const run of api.gateway.runs) run.state = 'completed';
    const again = [await start('k1', { mode: 'dry-run' }), await backup()];
    expect(again.map((answer) => answer.json<{ id: string }>().id)).toEqual(
      first.map((answer) => answer.json<{ id: string }>().id),
    );
    expect(api.gateway.runs).toHaveLength(2);
  });

  test('that was only slow: both requests answer the one run that they started', async () => {
    const real = api.gateway.start.bind(api.gateway);
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    let first = true;
    api.gateway.start = async (asked) => {
      if (first) {
        first = false;
        await held;
      }
      return real(asked);
    };
    const slow = start('k1');
    await eventually(() => first).toBe(false);
    age(60_000);
    const quick = await start('k1');
    letGo();
    expect([quick.statusCode, (await slow).statusCode]).toEqual([202, 202]);
    expect((await slow).json()).toEqual(quick.json());
    expect(api.gateway.runs).toHaveLength(1);
  });

  test('a claim that is still young is waited for, not taken', async () => {
    const records = createMemoryRecords();
    const once = { person: 'hana', address: 'POST /x', key: 'k', fingerprint: 'f' };
    const first = await claimKey(records, once);
    if (isAnswer(first)) throw new Error('the first one acts');
    let looks = 0;
    const watched = { ...records, get: (key: string) => ((looks += 1), records.get(key)) };
    let second: Awaited<ReturnType<typeof claimKey>> | undefined;
    const waiting = claimKey(watched, once).then((outcome) => (second = outcome));
    await eventually(() => looks).toBeGreaterThan(8);
    expect(second).toBeUndefined();
    await first.settle({ status: 200, contentType: 'application/json', body: '1' });
    await waiting;
    expect(second).toMatchObject({ status: 200, body: '1' });
  });

  test('many that find a claim left behind: exactly one goes on, and knows that it resumes', async () => {
    const records = createMemoryRecords();
    const once = { person: 'hana', address: 'POST /x', key: 'k', fingerprint: 'f' };
    const first = await claimKey(records, once);
    if (isAnswer(first)) throw new Error('the first one acts');
    expect(first.resumes).toBe(false);
    const [file] = records.content.keys();
    const old = { ...(JSON.parse(records.content.get(file!)!) as object), at: new Date(Date.now() - 60_000).toISOString() };
    records.content.set(file!, JSON.stringify(old));
    let claims = 0;
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const outcome = await claimKey(records, once);
        if (isAnswer(outcome)) return outcome.body;
        claims += 1;
        expect(outcome.resumes).toBe(true);
        await outcome.settle({ status: 200, contentType: 'application/json', body: 'once' });
        return 'once';
      }),
    );
    expect(claims).toBe(1);
    expect(outcomes).toEqual(Array.from({ length: 10 }, () => 'once'));
  });

  test('a record that nobody can read blocks nobody', async () => {
    const records = createMemoryRecords();
    const once = { person: 'hana', address: 'POST /x', key: 'k', fingerprint: 'f' };
    await claimKey(records, once);
    const [file] = records.content.keys();
    records.content.set(file!, '{"half');
    expect(isAnswer(await claimKey(records, once))).toBe(false);
  });
});

describe('a 5xx', () => {
  test('is not kept: the repeat acts, at once', async () => {
    api.gateway.temporal = 'away';
    const began = Date.now();
    expect((await start('k1')).statusCode).toBe(503);
    expect((await start('k1')).statusCode).toBe(503);
    api.gateway.temporal = 'here';
    expect((await start('k1')).statusCode).toBe(202);
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(api.gateway.runs).toHaveLength(1);
  });

  test('whose request had an effect all the same: the repeat finds it', async () => {
    const real = api.gateway.start.bind(api.gateway);
    api.gateway.start = async (asked) => {
      await real(asked);
      throw temporalAway();
    };
    expect((await start('k1')).statusCode).toBe(503);
    api.gateway.start = real;
    const again = await start('k1');
    expect(again.statusCode).toBe(202);
    expect(again.json()).toMatchObject({ runId: api.gateway.runs[0]!.runId });
    expect(api.gateway.runs).toHaveLength(1);
  });
});

describe('a decision', () => {
  let recovery: FakeRecovery;
  let judged: number;
  beforeEach(async () => {
    recovery = await api.recovery();
    judged = 0;
    recovery.run.updates.set('decide', () => {
      judged += 1;
      return { gate: 'restore', state: 'approved', votes: [], need: 1, deadline: null };
    });
  });
  const decide = (key: string) =>
    api.send('ren', 'POST', `/v1/recoveries/${recovery.id}/decisions`, {
      payload: { gate: 'restore', digest: 'd', decision: 'approve', reason: 'ok' },
      headers: { 'idempotency-key': key },
    });

  test('whose answer was lost is judged once: Temporal knows the update', async () => {
    const first = await decide('k1');
    forgetAnswer();
    age(60_000);
    const again = await decide('k1');
    expect([again.statusCode, again.body, judged]).toEqual([200, first.body, 1]);
    await decide('k2');
    expect(judged).toBe(2);
  });

  test('is answered the same past the recovery’s end', async () => {
    const first = await decide('k1');
    recovery.end('recovered');
    expect((await decide('k1')).body).toBe(first.body);
  });

  test('of one recovery says nothing about another with the same key', async () => {
    await decide('k1');
    const other = await api.recovery('spare');
    other.run.updates.set('decide', () => ({ gate: 'restore', state: 'rejected', votes: [], need: 1, deadline: null }));
    recovery = other;
    expect((await decide('k1')).json()).toMatchObject({ state: 'rejected' });
  });
});

test('what is past its time is swept, the rest stays', async () => {
  await start('k1', { mode: 'dry-run' });
  age(day + 2 * 3_600_000);
  await start('k2', { mode: 'dry-run' });
  expect(keptFiles()).toHaveLength(2);
  await sweepKeys(api.records);
  expect(keptFiles()).toHaveLength(1);
  expect((await start('k2', { mode: 'dry-run' })).headers['idempotency-replayed']).toBe('true');
});
