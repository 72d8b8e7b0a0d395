/** Deciding and cancelling: the signed statement, the answers of the workflow, and what happens when nobody answers. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSigningKey, publicKeyFile } from '../../api/signing.ts';
import { verifyDocument } from '../../adapters/signing/ed25519.ts';
import { canonicalJson } from '../../domain/digest.ts';
import { decisionDocument, queuedDecisionDocument } from '../../contracts/http/decision.ts';
import { envelopeSchema } from '../../contracts/inputs/decision.ts';
import { fail } from '../../domain/fail.ts';
import { failures, type FailureCode } from '../../domain/failures.ts';
import type { Envelope } from '../../domain/messages.ts';
import type { Statement } from '../../domain/gate.ts';
import { memoOf } from '../../domain/stale.ts';
import { digestOfPlan, startTestApi, type FakeRecovery, type PersonId, type TestApi } from '../support/api.ts';

let data: string;
let api: TestApi;
let recovery: FakeRecovery;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'okiagari-keys-'));
  api = await startTestApi({ environment: { OKIAGARI_DATA: data, OKIAGARI_SIGNING_KEY: undefined } });
  recovery = await api.recovery();
});
afterEach(async () => {
  await api.close();
  rmSync(data, { recursive: true, force: true });
});

const approval = { gate: 'restore', digest: digestOfPlan, decision: 'approve', reason: 'seen and right' };
const decide = (body: object = approval, person: PersonId = 'ren', headers: Record<string, string> = {}) =>
  api.send(person, 'POST', `/v1/recoveries/${recovery.id}/decisions`, { payload: body, headers });
const answerOf = (state: 'open' | 'approved' = 'approved') => ({
  gate: 'restore',
  state,
  votes: [{ by: 'ren', decision: 'approve', at: '2026-11-22T10:01:00.000Z' }],
  need: 1,
  deadline: null,
});

describe('a decision', () => {
  test('reaches the workflow as a statement signed by the API, and its answer is passed on', async () => {
    let heard: Envelope | undefined;
    recovery.run.updates.set('decide', (envelope) => ((heard = envelope as Envelope), answerOf()));
    const answer = await decide();
    expect(answer.statusCode).toBe(200);
    expect(decisionDocument.strict().parse(answer.json())).toEqual(answerOf());
    expect(envelopeSchema.safeParse(heard).success).toBe(true);
    expect(heard!.statement).toEqual({ ...approval, recovery: recovery.id, by: 'ren', at: expect.any(String) });
    const publicKey = readFileSync(publicKeyFile(data), 'utf8');
    expect(verifyDocument(heard!.statement, heard!.signature!, publicKey)).toBe(true);
    for (const change of [
      { by: 'hana' },
      { digest: 'x' },
      { recovery: 'y' },
      { decision: 'reject' },
      { reason: 'z' },
      { input: 1 },
    ]) {
      expect(verifyDocument({ ...heard!.statement, ...change }, heard!.signature!, publicKey)).toBe(false);
    }
  });

  test('carries the whole new input of an amendment, signed too', async () => {
    let heard: Envelope | undefined;
    recovery.run.updates.set('decide', (envelope) => ((heard = envelope as Envelope), answerOf()));
    const input = { tools: ['b', 'a'], nested: { z: 1, a: [null, 'é'] } };
    await decide({ ...approval, gate: 'failed:restore', decision: 'amend', input });
    expect(heard!.statement.input).toEqual(input);
    // Through Temporal it travels as JSON, where keys may come in another order.
    const travelled = JSON.parse(
      JSON.stringify({ ...heard!.statement, input: { nested: { a: [null, 'é'], z: 1 }, tools: ['b', 'a'] } }),
    ) as Statement;
    expect(verifyDocument(travelled, heard!.signature!, readFileSync(publicKeyFile(data), 'utf8'))).toBe(true);
  });

  const refusals: readonly FailureCode[] = [
    'forbidden',
    'self-approval',
    'not-found',
    'plan-changed',
    'already-decided',
    'past-no-return',
    'bad-request',
  ];
  test.each(refusals)('that the workflow refuses as %s is answered by the failure table', async (code) => {
    recovery.run.updates.set('decide', () => {
      throw fail(code, { en: 'No.', ja: 'いいえ。' }, { errors: [{ path: 'gate', message: 'no' }] });
    });
    const answer = await decide();
    expect(answer.statusCode).toBe(failures[code].status);
    expect(answer.json()).toMatchObject({ code, detail: 'No.', hint: failures[code].hint.en, errors: [{ path: 'gate' }] });
    expect((await decide(approval, 'ren', { 'accept-language': 'ja' })).json()).toMatchObject({ detail: 'いいえ。' });
  });

  test('that comes too late is 409 closed', async () => {
    recovery.end('recovered');
    expect((await decide()).json()).toMatchObject({ status: 409, code: 'closed' });
    await api.recovery();
    expect((await decide()).json()).toMatchObject({ status: 409, code: 'closed' });
  });

  test('for a recovery that is none is 404', async () => {
    const answer = await api.send('ren', 'POST', '/v1/recoveries/tools~00000000-0000-4000-8000-000000000000/decisions', {
      payload: approval,
    });
    expect(answer.json()).toMatchObject({ status: 404, code: 'not-found' });
  });

  test('with Temporal away is 503, and nothing was said', async () => {
    api.gateway.temporal = 'away';
    expect((await decide()).json()).toMatchObject({ status: 503, code: 'temporal-away' });
    expect(recovery.run.signals).toEqual([]);
  });
});

describe('a decision that no worker takes', () => {
  beforeEach(() => (api.gateway.worker = 'gone'));

  test('is kept as a signal with the same statement and answered 202', async () => {
    recovery.run.memo['status'] = memoOf(recovery.state, '2026-11-22T10:00:30.000Z');
    const answer = await decide();
    expect(answer.statusCode).toBe(202);
    expect(queuedDecisionDocument.strict().parse(answer.json())).toEqual({
      gate: 'restore',
      state: 'open',
      queued: true,
      votes: [],
      need: 1,
      deadline: recovery.state.waitingFor[0]!.deadline,
    });
    const [signal] = recovery.run.signals;
    const [{ statement, signature }] = signal!.args as [Envelope];
    expect([signal!.name, statement.by, statement.digest]).toEqual(['decide', 'ren', digestOfPlan]);
    expect(verifyDocument(statement, signature!, readFileSync(publicKeyFile(data), 'utf8'))).toBe(true);
  });

  test('is not sent to another recovery of the target', async () => {
    recovery.end('stopped');
    const second = api.gateway.add('recovery/tools', { type: 'toolStoreLoss' });
    expect((await decide()).json()).toMatchObject({ status: 409, code: 'closed' });
    expect([recovery.run.signals, second.signals]).toEqual([[], []]);
  });

  test('goes to the run that a reset began', async () => {
    recovery.run.state = 'broken';
    const again = api.gateway.add('recovery/tools', { firstRunId: recovery.run.firstRunId });
    expect((await decide()).statusCode).toBe(202);
    expect([recovery.run.signals.length, again.signals.length]).toEqual([0, 1]);
  });
});

describe('a cancellation', () => {
  const cancel = (payload?: object) =>
    api.send('hana', 'POST', `/v1/recoveries/${recovery.id}/cancel`, payload ? { payload } : {});

  test('tells who asked and why; the reason may be left out', async () => {
    const heard: unknown[] = [];
    recovery.run.updates.set('cancel', (request) => (heard.push(request), { accepted: true }));
    const answer = await cancel({ reason: 'wrong target' });
    expect([answer.statusCode, answer.json<{ id: string }>().id]).toEqual([202, recovery.id]);
    expect((await cancel()).statusCode).toBe(202);
    expect(
      (
        await api.send('hana', 'POST', `/v1/recoveries/${recovery.id}/cancel`, {
          headers: { 'content-type': 'application/json' },
          payload: '',
        })
      ).statusCode,
    ).toBe(202);
    expect(heard).toEqual([
      { by: 'hana', reason: 'wrong target' },
      { by: 'hana', reason: 'cancelled by hana' },
      { by: 'hana', reason: 'cancelled by hana' },
    ]);
  });

  test('past the point of no return, after the end, or of nothing is refused', async () => {
    recovery.run.updates.set('cancel', () => {
      throw fail('past-no-return', { en: 'No way back.', ja: '戻れません。' });
    });
    expect((await cancel()).json()).toMatchObject({ status: 409, code: 'past-no-return' });
    recovery.end('recovered');
    expect((await cancel()).json()).toMatchObject({ status: 409, code: 'closed' });
    const nothing = await api.send('hana', 'POST', '/v1/recoveries/tools~00000000-0000-4000-8000-000000000000/cancel');
    expect(nothing.statusCode).toBe(404);
  });

  test('is not taken for another recovery of the target', async () => {
    recovery.end('stopped');
    const second = api.gateway.add('recovery/tools', { type: 'toolStoreLoss' });
    let heard = 0;
    second.updates.set('cancel', () => (heard++, { accepted: true }));
    expect((await cancel()).json()).toMatchObject({ code: 'closed' });
    expect(heard).toBe(0);
  });
});

describe('the signing key', () => {
  test('is made once with 0600, its public half is left beside the data', () => {
    const file = join(data, 'signing-key.pem');
    const made = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    openSigningKey({ OKIAGARI_DATA: data, OKIAGARI_SIGNING_KEY: undefined });
    expect(readFileSync(file, 'utf8')).toBe(made);
    expect(readFileSync(publicKeyFile(data), 'utf8')).toContain('BEGIN PUBLIC KEY');
  });

  test('may be somebody’s own', () => {
    const own = join(data, 'own.pem');
    const pair = generateKeyPairSync('ed25519');
    writeFileSync(own, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const sign = openSigningKey({ OKIAGARI_DATA: data, OKIAGARI_SIGNING_KEY: own });
    const statement = { ...approval, recovery: 'r', by: 'ren', at: 'now' } as Statement;
    expect(verifyDocument(statement, sign(statement), pair.publicKey.export({ type: 'spki', format: 'pem' }) as string)).toBe(
      true,
    );
  });

  test.each([
    ['as it is', (pem: string) => pem],
    ['on one line, as files of variables hold it', (pem: string) => pem.trim().replaceAll('\n', '\\n')],
  ])('may stand in the variable itself, %s, and is then written nowhere', (_, spell) => {
    const place = join(data, 'elsewhere');
    const pair = generateKeyPairSync('ed25519');
    const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const sign = openSigningKey({ OKIAGARI_DATA: place, OKIAGARI_SIGNING_KEY: spell(pem) });
    const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    expect(verifyDocument({ a: 1 }, sign({ a: 1 }), publicKey)).toBe(true);
    expect(readdirSync(place)).toEqual(['signing-key.pub.pem']);
    expect(readFileSync(publicKeyFile(place), 'utf8')).toBe(publicKey);
  });

  test('that is none, or of another kind, stops the boot by name and without its content', () => {
    const bad = join(data, 'bad.pem');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    for (const content of ['s3cret', rsa]) {
      writeFileSync(bad, content);
      expect(() => openSigningKey({ OKIAGARI_DATA: data, OKIAGARI_SIGNING_KEY: bad })).toThrow(
        /^OKIAGARI_SIGNING_KEY: .*bad\.pem holds no Ed25519/,
      );
    }
    for (const content of ['-----BEGIN s3cret', rsa as string]) {
      expect(() => openSigningKey({ OKIAGARI_DATA: data, OKIAGARI_SIGNING_KEY: content })).toThrow(
        /^OKIAGARI_SIGNING_KEY: the variable holds no Ed25519 private key in PEM$/,
      );
    }
  });

  test('a signature that is none is false, never an error', () => {
    const statement = { ...approval, recovery: 'r', by: 'ren', at: 'now' } as Statement;
    const key = readFileSync(publicKeyFile(data), 'utf8');
    for (const [signature, pem] of [
      ['', key],
      ['!!!', key],
      ['AAAA', 'no key'],
      ['AAAA', ''],
    ] as const) {
      expect(verifyDocument(statement, signature, pem)).toBe(false);
    }
  });
});

test('canonical JSON has one spelling for one meaning', () => {
  expect(canonicalJson({ b: 1, a: { d: [2, undefined, { z: null, y: 'ü"' }], c: undefined } })).toBe(
    '{"a":{"d":[2,null,{"y":"ü\\"","z":null}]},"b":1}',
  );
  expect(canonicalJson({ a: 1, b: [1, 2] })).toBe(canonicalJson(JSON.parse('{"b":[1,2],"a":1}')));
  expect(canonicalJson({ b: [2, 1] })).not.toBe(canonicalJson({ b: [1, 2] }));
});
