/** Starting a recovery: what reaches the workflow, what is kept, and when a target is held. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startCoolDown } from '../../activities/records/cool-down.ts';
import { verifyDocument } from '../../adapters/signing/ed25519.ts';
import { startedDocument } from '../../contracts/http/recovery.ts';
import type { ScenarioEntry } from '../../contracts/scenario-entry.ts';
import { scenarios } from '../../contracts/scenarios.ts';
import type { RecoveryStart } from '../../domain/messages.ts';
import { parseRecoveryId, recoveryId } from '../../domain/identity.ts';
import { memoOf } from '../../domain/stale.ts';
import { startStatement } from '../../domain/start-statement.ts';
import { startTestApi, stateOf, type PersonId, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

const request = { scenario: 'tool-store-loss', target: 'tools', reason: 'all tools are gone' };
const start = (body: object = {}, person: PersonId = 'hana') =>
  api.send(person, 'POST', '/v1/recoveries', { payload: { ...request, ...body } });

describe('a start', () => {
  test('answers 202 with ids and links that can be read at once', async () => {
    const answer = await start();
    expect(answer.statusCode).toBe(202);
    const started = startedDocument.strict().parse(answer.json());
    const run = api.gateway.newest('recovery/tools')!;
    expect(started).toMatchObject({
      id: recoveryId('tools', run.runId),
      workflowId: 'recovery/tools',
      runId: run.runId,
      status: 'running',
    });
    expect(answer.headers.location).toBe(started.links.self);
    run.queries.clear();
    const document = await api.send('vera', 'GET', started.links.self);
    expect(document.json()).toMatchObject({ id: started.id, status: 'running', requestedBy: 'hana', reason: request.reason });
  });

  test('hands the workflow who asked, not who the body says, and everything that was asked', async () => {
    const more = {
      input: { backup: '20261122T020000Z-full-1a2b3c' },
      detectedAt: '2026-11-22T01:00:00Z',
      brokenSince: '2026-11-22T00:30:00Z',
      incident: 'inc-1',
    };
    await start(more, 'ren');
    const run = api.gateway.newest('recovery/tools')!;
    const proof = { at: expect.any(String), signature: expect.any(String) };
    expect(run.request.args).toEqual([{ ...request, ...more, mode: 'run', requestedBy: 'ren', proof }]);
    expect((await start({ requestedBy: 'ren' })).statusCode).toBe(400);
  });

  test('is signed for whoever asked: the whole request, and when', async () => {
    await start();
    const asked = api.gateway.newest('recovery/tools')!.request.args[0] as RecoveryStart;
    const { at, signature } = asked.proof!;
    const signed = startStatement(asked, at);
    expect(verifyDocument(signed, signature, api.publicKey())).toBe(true);
    for (const change of [{ requestedBy: 'ren' }, { reason: 'another' }, { target: 'spare' }, { at: '2020-01-01T00:00:00Z' }]) {
      expect(verifyDocument({ ...signed, ...change }, signature, api.publicKey())).toBe(false);
    }
  });

  test('shows scenario, target and site in Temporal, and a first status for the time before a worker', async () => {
    await start();
    const { type, memo, attributes, request: asked } = api.gateway.newest('recovery/tools')!;
    expect(type).toBe('toolStoreLoss');
    expect(asked.summary).toBe('tool-store-loss of tools: all tools are gone');
    expect(attributes).toEqual({ scenario: 'tool-store-loss', target: 'tools', status: 'running', phase: 'begin', site: 'main' });
    expect(memo).toMatchObject({
      requestedBy: 'hana',
      status: { state: { scenario: 'tool-store-loss', status: 'running', steps: [] } },
    });
  });

  test('keeps a record that leads from the public id to the workflow', async () => {
    const { id, runId } = (await start({ brokenSince: '2026-11-22T00:30:00Z' })).json<{ id: string; runId: string }>();
    const record = JSON.parse(api.records.content.get(`recoveries/${id}/start.json`)!) as object;
    expect(record).toMatchObject({
      id,
      runId,
      workflowId: 'recovery/tools',
      scenario: 'tool-store-loss',
      target: 'tools',
      mode: 'run',
      requestedBy: 'hana',
      reason: request.reason,
      brokenSince: '2026-11-22T00:30:00Z',
    });
  });

  test('that Temporal does not hear is a 503 and keeps nothing', async () => {
    api.gateway.temporal = 'away';
    const answer = await start();
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(api.records.content.size).toBe(0);
  });
});

describe('a dry run', () => {
  test('has a workflow of its own each time, holds nothing, and is found by its id', async () => {
    const first = (await start({ mode: 'dry-run' })).json<{ id: string; workflowId: string }>();
    const second = (await start({ mode: 'dry-run' })).json<{ id: string; workflowId: string }>();
    expect(first.workflowId).toMatch(/^dry-run\/tools\/[0-9a-z]+$/);
    expect(second.workflowId).not.toBe(first.workflowId);
    expect(parseRecoveryId(first.id)?.target).toBe('tools');
    expect((await start()).statusCode).toBe(202);
    expect((await api.send('vera', 'GET', `/v1/recoveries/${first.id}`)).json()).toMatchObject({ id: first.id, mode: 'dry-run' });
  });

  test('is started while a recovery holds the target', async () => {
    api.gateway.add('lease/tools', { memo: { holder: holder('recovery') } });
    expect((await start({ mode: 'dry-run' })).statusCode).toBe(202);
  });
});

const holder = (kind: 'recovery' | 'backup') => ({ kind, id: `${kind}-1`, since: '2026-11-22T00:00:00.000Z' });

describe('a held target', () => {
  test('answers the second start with 409 and the public id of the first', async () => {
    const { id } = (await start()).json<{ id: string }>();
    const answer = await start({}, 'ren');
    expect(answer.statusCode).toBe(409);
    const run = api.gateway.newest('recovery/tools')!;
    expect(answer.json()).toMatchObject({ code: 'held', heldBy: { kind: 'recovery', id, since: run.startedAt } });
    expect(api.gateway.runs).toHaveLength(1);
  });

  test('takes one of fifty starts at once; the others are told its id', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => start()));
    const taken = answers.filter(({ statusCode }) => statusCode === 202);
    const refused = answers.filter(({ statusCode }) => statusCode === 409);
    expect([taken.length, refused.length]).toEqual([1, 49]);
    const { id } = taken[0]!.json<{ id: string }>();
    for (const one of refused) expect(one.json<{ heldBy: { id: string } }>().heldBy.id).toBe(id);
  });

  test('is held by a recovery of something larger through its lease', async () => {
    api.gateway.add('lease/tools', { memo: { holder: holder('recovery') } });
    expect((await start()).json()).toMatchObject({ code: 'held', heldBy: holder('recovery') });
    expect(api.gateway.newest('recovery/tools')).toBeUndefined();
  });

  test('asks the lease itself where its memo says nothing', async () => {
    const lease = api.gateway.add('lease/tools');
    const { firstRunId } = api.gateway.add('w');
    lease.queries.set('holder', () => ({ ...holder('recovery'), workflowId: 'w', firstRunId }));
    expect((await start()).json()).toMatchObject({ code: 'held', heldBy: holder('recovery') });
  });

  test('is given up by a backup: the recovery is started and takes over inside', async () => {
    api.gateway.add('lease/tools', { memo: { holder: holder('backup') } });
    expect((await start()).statusCode).toBe(202);
  });

  test('is free once the lease has ended', async () => {
    api.gateway.add('lease/tools', { memo: { holder: holder('recovery') }, state: 'completed' });
    expect((await start()).statusCode).toBe(202);
  });

  test('is free where a lease outlived its holder', async () => {
    api.gateway.add('lease/tools', { memo: { holder: { ...holder('recovery'), workflowId: 'recovery/region' } } });
    const outer = api.gateway.add('recovery/region');
    expect((await start()).json()).toMatchObject({ code: 'held', heldBy: holder('recovery') });
    outer.state = 'broken';
    expect((await start()).statusCode).toBe(202);
  });

  test('is waited for while the recovery that has told its end closes, and no longer', async () => {
    const { run, state } = await api.recovery();
    const ended = { ...state, status: 'recovered' as const, endedAt: '2026-11-22T00:10:00.000Z' };
    const lease = api.gateway.add('lease/tools', { memo: { holder: { ...holder('recovery'), workflowId: 'recovery/tools' } } });
    expect((await start()).statusCode, 'while it is at work').toBe(409);
    run.memo = { status: memoOf(ended, ended.endedAt) };
    const look = api.gateway.describe.bind(api.gateway);
    let looks = 0;
    api.gateway.describe = (...address) => {
      if (address[0] === 'recovery/tools' && ++looks === 3) run.state = lease.state = 'completed';
      return look(...address);
    };
    expect((await start()).statusCode).toBe(202);
    expect(looks).toBe(3);
  });

  test('is refused with its reason on a target that the scenario cannot run on, and nothing begins', async () => {
    const message = 'is run by somebody else';
    const elsewhere: ScenarioEntry = { ...scenarios[0]!, refuseTarget: () => [{ path: 'target', message }] };
    const service = await startTestApi({ scenarios: [elsewhere] });
    try {
      const answer = await service.send('hana', 'POST', '/v1/recoveries', { payload: request });
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ code: 'invalid-input', errors: [{ path: 'target', message }] });
    } finally {
      await service.close();
    }
  });

  test('is held where a recovery holds one of the further targets that the scenario acts on', async () => {
    const both: ScenarioEntry = { ...scenarios[0]!, actsOn: () => ['spare'] };
    const service = await startTestApi({ scenarios: [both] });
    try {
      service.gateway.add('lease/spare', { memo: { holder: holder('recovery') } });
      const answer = await service.send('hana', 'POST', '/v1/recoveries', { payload: request });
      expect(answer.json()).toMatchObject({ code: 'held', heldBy: holder('recovery'), detail: expect.stringContaining('spare') });
    } finally {
      await service.close();
    }
  });

  test('that was let go between the refusal and the look says so', async () => {
    api.gateway.start = async () => undefined;
    const answer = await start();
    expect(answer.json()).toMatchObject({ code: 'held', detail: expect.stringContaining('try again') });
    expect(answer.json()).not.toHaveProperty('heldBy');
  });
});

test('the same scenario cools down after an end and needs an acknowledgement, not after a roll-back, not on another target', async () => {
  api.inventory = { ...api.inventory, targets: api.inventory.targets.map((one) => ({ ...one, coolDown: 3_600_000 })) };
  const ended = { ...stateOf(), endedAt: new Date().toISOString() };
  await startCoolDown(api.records, { ...ended, status: 'rolled-back' });
  expect((await start({ mode: 'dry-run' })).statusCode).toBe(202);
  await startCoolDown(api.records, { ...ended, status: 'recovered' });
  const refused = await start();
  expect(refused.statusCode).toBe(409);
  expect(refused.json()).toMatchObject({
    code: 'cooling-down',
    detail: expect.stringContaining(ended.id),
    hint: expect.stringContaining('acknowledgeCoolDown'),
  });
  expect((await start({ target: 'spare' })).statusCode).toBe(202);
  expect((await start({ mode: 'dry-run' })).statusCode).toBe(202);
  expect((await start({ acknowledgeCoolDown: true })).statusCode).toBe(202);
  expect(api.gateway.newest('recovery/tools')!.request.args[0]).toMatchObject({ acknowledgeCoolDown: true });
});

test('a scenario runs only on its kinds of target', async () => {
  const strict = await startTestApi({
    scenarios: [{ ...scenarios[0]!, kinds: ['postgres'] }],
  });
  try {
    const answer = await strict.send('hana', 'POST', '/v1/recoveries', { payload: request });
    expect(answer.json()).toMatchObject({ code: 'invalid-input', errors: [{ path: 'target' }] });
  } finally {
    await strict.close();
  }
});
