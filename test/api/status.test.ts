/** The status document: from the running workflow, its memo, its end, or what is left of it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { statusDocument } from '../../contracts/http/recovery.ts';
import { recoveryId } from '../../domain/identity.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import { memoOf } from '../../domain/stale.ts';
import { digestOfPlan, startTestApi, type FakeRecovery, type TestApi } from '../support/api.ts';

let api: TestApi;
let recovery: FakeRecovery;
beforeEach(async () => {
  api = await startTestApi();
  recovery = await api.recovery();
});
afterEach(() => api.close());

const read = async (id = recovery.id, headers: Record<string, string> = {}) => {
  const answer = await api.send('vera', 'GET', `/v1/recoveries/${id}`, { headers });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown> & { code?: string }>() };
};

describe('a running recovery', () => {
  test('is told as the contract says, and nothing beside it', async () => {
    const { status, body } = await read();
    expect(status).toBe(200);
    const document = statusDocument.strict().parse(body);
    expect(document).toMatchObject({ id: recovery.id, status: 'waiting', steps: [{ name: 'protect', evidence: { files: 12 } }] });
    expect(body).not.toHaveProperty('stale');
    expect(document.links).toEqual({
      self: `/v1/recoveries/${recovery.id}`,
      events: `/v1/recoveries/${recovery.id}/events`,
      report: `/v1/recoveries/${recovery.id}/report`,
    });
  });

  test('speaks the language of the reader, in every sentence', async () => {
    const ja = statusDocument.parse((await read(recovery.id, { 'accept-language': 'ja' })).body);
    expect([ja.steps[0]!.sentence, ja.waitingFor[0]!.title, ja.waitingFor[0]!.plan!.summary]).toEqual([
      '12 ファイルを複製。',
      '現在のツールの上書き',
      '追加 3、上書き 2。',
    ]);
    const en = statusDocument.parse((await read()).body);
    expect([en.steps[0]!.sentence, en.waitingFor[0]!.title, en.waitingFor[0]!.plan!.summary]).toEqual([
      'Copied 12 files.',
      'Overwrite live tools',
      'Add 3, overwrite 2.',
    ]);
  });

  test('shows where the whole plan is, not where it is kept, and the plan is there', async () => {
    const { waitingFor } = statusDocument.parse((await read()).body);
    const { href } = waitingFor[0]!.plan!;
    expect(waitingFor[0]!.plan).not.toHaveProperty('ref');
    const changes = [{ action: 'add', path: 'x', why: { en: 'It is missing.', ja: '存在しません。' }, en: 1 }];
    const summary = { en: 'All of it.', ja: '全体。' };
    api.records.content.set(
      `plans/${recovery.id}/${digestOfPlan}.json`,
      JSON.stringify({ digest: digestOfPlan, summary, changes }),
    );
    const answer = await api.send('vera', 'GET', href);
    expect(answer.json()).toEqual({
      digest: digestOfPlan,
      summary: 'All of it.',
      changes: [{ action: 'add', path: 'x', why: 'It is missing.', en: 1 }],
    });
    expect((await api.send('vera', 'GET', href.replace(/.$/, 'e'))).statusCode).toBe(404);
    // A digest that is none never becomes a part of a path.
    api.records.content.set(`plans/${recovery.id}/../../idempotency/x.json`, JSON.stringify({ digest: 'x' }));
    expect((await api.send('vera', 'GET', `/v1/recoveries/${recovery.id}/plans/..%2F..%2Fidempotency%2Fx`)).statusCode).toBe(404);
  });

  test('shows the plan of a child where its open gate says it is, and nothing but plans', async () => {
    const [waiting] = recovery.state.waitingFor;
    const { href } = statusDocument.parse((await read()).body).waitingFor[0]!.plan!;
    const gateWith = (ref: string) => ({ ...waiting!, plan: { ...waiting!.plan!, ref } });
    const body = JSON.stringify({ digest: digestOfPlan });
    api.records.content.set(`plans/child~1/${digestOfPlan}.json`, body).set('idempotency/x.json', body);
    recovery.state = { ...recovery.state, waitingFor: [gateWith(`plans/child~1/${digestOfPlan}.json`)] };
    expect((await api.send('vera', 'GET', href)).json()).toEqual({ digest: digestOfPlan });
    recovery.state = { ...recovery.state, waitingFor: [gateWith('idempotency/x.json')] };
    expect((await api.send('vera', 'GET', href)).statusCode).toBe(404);
  });

  test('has one id, percent-decoded once', async () => {
    expect((await read(recovery.id.replace('~', '%7E'))).status).toBe(200);
    expect((await read(recovery.id.replace('~', '%7e').replace('t', '%74'))).status).toBe(200);
    expect((await read(recovery.id.replace('~', '%257E'))).status).toBe(404);
  });

  test('needs one call to Temporal', async () => {
    api.gateway.calls.length = 0;
    await read();
    expect([...new Set(api.gateway.calls)]).toEqual(['queryOpen']);
  });
});

describe('without a worker', () => {
  beforeEach(() => (api.gateway.worker = 'gone'));

  test('is what was last known, marked stale with its time', async () => {
    const at = '2026-11-22T10:00:30.000Z';
    const last: RecoveryState = { ...recovery.state, phase: 'restore' };
    recovery.run.memo['status'] = memoOf(last, at);
    const document = statusDocument.parse((await read()).body);
    expect(document).toMatchObject({ id: recovery.id, status: 'waiting', stale: true, asOf: at });
    expect(document.waitingFor[0]).toMatchObject({ gate: 'restore', digest: digestOfPlan });
  });

  test('is what its start said before the workflow ever ran', async () => {
    expect((await read()).body).toMatchObject({
      id: recovery.id,
      status: 'running',
      phase: 'begin',
      stale: true,
      requestedBy: 'hana',
    });
  });

  test('is what its start record says where another program started it', async () => {
    recovery.run.memo = {};
    expect((await read()).body).toMatchObject({ id: recovery.id, status: 'running', stale: true, reason: 'test' });
  });

  test('is not stale when it has ended: its end is on record', async () => {
    recovery.end('recovered');
    const { body } = await read();
    expect(body).toMatchObject({ status: 'recovered', phase: 'end' });
    expect(body).not.toHaveProperty('stale');
  });
});

describe('an ended recovery', () => {
  test('is read from its end record', async () => {
    recovery.end('rolled-back');
    expect((await read()).body).toMatchObject({ id: recovery.id, status: 'rolled-back' });
  });

  test('is read from its end record with Temporal away, and a running one is not', async () => {
    const other = await api.recovery('spare');
    recovery.end('recovered');
    api.gateway.temporal = 'away';
    expect((await read()).body).toMatchObject({ status: 'recovered' });
    expect(await read(other.id)).toMatchObject({ status: 503, body: { code: 'temporal-away' } });
  });

  test('keeps its id when another recovery of the target runs', async () => {
    recovery.end('stopped');
    const second = await api.recovery();
    expect((await read()).body).toMatchObject({ id: recovery.id, status: 'stopped' });
    expect((await read(second.id)).body).toMatchObject({ id: second.id, status: 'waiting' });
    api.gateway.worker = 'gone';
    expect((await read()).body).toMatchObject({ id: recovery.id, status: 'stopped' });
  });

  test('is read from its result where the record is missing', async () => {
    recovery.end('recovered');
    api.records.content.delete(`recoveries/${recovery.id}/end.json`);
    expect((await read()).body).toMatchObject({ id: recovery.id, status: 'recovered' });
  });

  test('outlives Temporal’s retention', async () => {
    recovery.end('recovered');
    api.gateway.runs.length = 0;
    expect((await read()).body).toMatchObject({ id: recovery.id, status: 'recovered' });
  });
});

describe('a recovery that was terminated', () => {
  beforeEach(() => Object.assign(recovery.run, { state: 'broken', closedAt: '2026-11-22T10:09:00.000Z' }));

  test('has failed, waits for nobody, and shows how far it came', async () => {
    recovery.state = {
      ...recovery.state,
      steps: [...recovery.state.steps, { ...recovery.state.steps[0]!, name: 'restore', outcome: 'running', endedAt: undefined }],
    };
    const { body } = await read();
    expect(body).toMatchObject({ id: recovery.id, status: 'failed', endedAt: '2026-11-22T10:09:00.000Z', waitingFor: [] });
    expect((body['steps'] as { outcome: string }[]).map(({ outcome }) => outcome)).toEqual(['done', 'failed']);
    expect(body['objectives']).toMatchObject({ metRto: false });
  });

  test('is told from its memo without a worker', async () => {
    api.gateway.worker = 'gone';
    recovery.run.memo['status'] = memoOf(recovery.state, '2026-11-22T10:00:30.000Z');
    const { body } = await read();
    expect(body).toMatchObject({ status: 'failed', steps: [{ name: 'protect' }] });
    expect(body).not.toHaveProperty('stale');
  });

  test('is told from its start when Temporal has forgotten it', async () => {
    api.gateway.runs.length = 0;
    expect((await read()).body).toMatchObject({ id: recovery.id, status: 'failed', reason: 'test' });
  });
});

describe('a recovery that was reset', () => {
  test('keeps the id of its first run: the newest run of that chain counts', async () => {
    recovery.run.state = 'broken';
    const again = api.gateway.add('recovery/tools', { type: 'toolStoreLoss', firstRunId: recovery.run.firstRunId });
    again.queries.set('status', () => ({ ...recovery.state, phase: 'again' }));
    expect((await read()).body).toMatchObject({ id: recovery.id, status: 'waiting', phase: 'again' });
    api.gateway.worker = 'gone';
    again.memo['status'] = memoOf({ ...recovery.state, phase: 'again' }, '2026-11-22T10:00:30.000Z');
    expect((await read()).body).toMatchObject({ id: recovery.id, phase: 'again', stale: true });
  });
});

describe('an id that names nothing', () => {
  test.each([
    ['another run of the target', () => recoveryId('tools', '00000000-0000-4000-8000-000000000000')],
    ['another target', () => recovery.id.replace('tools', 'spare')],
    ['no run id', () => 'tools~x'],
    ['a workflow id', () => encodeURIComponent('recovery/tools')],
    ['a path', () => encodeURIComponent('../../etc/passwd')],
  ])('%s is 404', async (_, id) => {
    expect(await read(id())).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });
});
