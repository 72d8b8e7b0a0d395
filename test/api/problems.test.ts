/** Errors as they are answered: problem+json, in the reader's language, with nothing in it that is not the reader's business. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseLocale } from '../../api/language.ts';
import { problemDocument } from '../../contracts/http/problem.ts';
import { failures, type FailureCode } from '../../domain/failures.ts';
import { startTestApi, tokenOf, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const start = { scenario: 'tool-store-loss', target: 'tools', reason: 'test' };

describe('every refusal', () => {
  const refusals: readonly (readonly [
    what: string,
    status: number,
    code: FailureCode,
    request: () => ReturnType<TestApi['send']>,
  ])[] = [
    ['no token', 401, 'unauthenticated', () => api.send(undefined, 'GET', '/v1/targets')],
    ['no role', 403, 'forbidden', () => api.send('vera', 'POST', '/v1/recoveries', { payload: start })],
    ['unknown address', 404, 'not-found', () => api.send('hana', 'GET', '/v1/nope')],
    ['unknown address without a token', 404, 'not-found', () => api.send(undefined, 'GET', '/nope')],
    ['a verb that the address does not know', 404, 'not-found', () => api.send('hana', 'POST', '/v1/scenarios', { payload: {} })],
    ['later work', 404, 'not-found', () => api.send('ann', 'GET', '/v1/audit')],
    [
      'unknown recovery',
      404,
      'not-found',
      () => api.send('hana', 'GET', '/v1/recoveries/tools~00000000-0000-4000-8000-000000000000'),
    ],
    [
      'unknown scenario',
      422,
      'unknown-scenario',
      () => api.send('hana', 'POST', '/v1/recoveries', { payload: { ...start, scenario: 'x' } }),
    ],
    [
      'unknown target',
      422,
      'unknown-target',
      () => api.send('hana', 'POST', '/v1/recoveries', { payload: { ...start, target: 'x' } }),
    ],
    ['broken JSON', 400, 'bad-request', () => raw('application/json', '{"scenario": ')],
    ['JSON that reaches for prototypes', 400, 'bad-request', () => raw('application/json', '{"__proto__": {"admin": true}}')],
    ['a form', 415, 'unsupported-media-type', () => raw('application/x-www-form-urlencoded', 'scenario=x')],
    ['plain text', 415, 'unsupported-media-type', () => raw('text/plain', '{}')],
    ['a body without a type', 415, 'unsupported-media-type', () => raw('', '{}')],
    ['a body over 256 kB', 413, 'too-large', () => raw('application/json', JSON.stringify({ reason: 'x'.repeat(256 * 1024) }))],
    ['an address that is none', 400, 'bad-request', () => api.send('hana', 'GET', '/v1/targets/%zz')],
  ];
  const raw = (type: string, payload: string) =>
    api.send('hana', 'POST', '/v1/recoveries', { headers: { 'content-type': type }, payload });

  test.each(refusals)('%s: %i %s', async (_, status, code, request) => {
    const answer = await request();
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const problem = problemDocument.strict().parse(answer.json());
    expect(problem).toMatchObject({ status, code, hint: failures[code].hint.en });
    expect(answer.body).not.toMatch(/\bat .*\.ts|node_modules|stack/);
  });

  test('a body of just 256 kB is read', async () => {
    const room = 256 * 1024 - JSON.stringify({ ...start, reason: '' }).length;
    const answer = await raw('application/json', JSON.stringify({ ...start, reason: 'x'.repeat(room) }));
    expect([answer.statusCode, answer.json<{ errors: { path: string }[] }>().errors[0]?.path]).toEqual([400, 'reason']);
  });
});

describe('something unexpected', () => {
  test.each([
    ['an error with a secret in its message', new Error(`connect failed for ${tokenOf('hana')}`)],
    ['something that is no error', 'token=s3cret'],
    ['an error that claims a status', Object.assign(new Error('s3cret'), { statusCode: 503, code: 's3cret' })],
    ['an error with a failure of another house', Object.assign(new Error('s3cret'), { type: 's3cret' })],
  ])('%s is answered without a word of it', async (_, thrown) => {
    api.gateway.asked.set('diagnoseToolStore', () => {
      throw thrown;
    });
    const answer = await api.send('vera', 'GET', '/v1/targets/tools/diagnosis');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([500, 'internal']);
    expect(answer.body).not.toMatch(/s3cret|token-of|connect failed|\.ts/);
  });

  test('an answer that does not fit its schema is our fault, and is not sent', async () => {
    api.gateway.asked.set('diagnoseToolStore', () => ({ target: 'tools', at: 7, symptoms: [], suggests: [], secret: 's3cret' }));
    const answer = await api.send('vera', 'GET', '/v1/targets/tools/diagnosis');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([500, 'internal']);
    expect(answer.body).not.toContain('s3cret');
  });
});

test('no token is ever logged', async () => {
  await api.send('hana', 'GET', '/v1/scenarios');
  await api.send(undefined, 'GET', '/v1/scenarios', { headers: { authorization: 'Bearer canary-of-a-stranger' } });
  await api.send('hana', 'POST', '/v1/recoveries', { payload: '{', headers: { 'content-type': 'application/json' } });
  expect(api.logged.length).toBeGreaterThan(2);
  // What a failing activity says may hold anything; it is logged as it is, so activities must not put secrets there.
  const ours = api.logged.filter((line) => !line.includes('a request failed unexpectedly')).join('');
  expect(ours).not.toMatch(/token-of-|canary-of-a-stranger/);
});

describe('languages', () => {
  const detailIn = async (language: string | undefined) => {
    const answer = await api.app.inject({
      url: '/v1/recoveries/x',
      headers: { authorization: `Bearer ${tokenOf('vera')}`, ...(language !== undefined && { 'accept-language': language }) },
    });
    return answer.json<{ detail: string; hint: string }>();
  };

  test('detail and hint are in the language that is asked for, or the inventory’s', async () => {
    expect(await detailIn('en')).toMatchObject({ detail: 'There is no recovery x.', hint: failures['not-found'].hint.en });
    for (const language of ['ja', undefined, 'fr']) {
      expect(await detailIn(language)).toMatchObject({ detail: '復旧 x はありません。', hint: failures['not-found'].hint.ja });
    }
  });

  test.each([
    [undefined, 'ja'],
    ['', 'ja'],
    ['en', 'en'],
    ['en-GB', 'en'],
    ['JA-jp', 'ja'],
    ['fr, en;q=0.5', 'en'],
    ['ja;q=0.4, en;q=0.5', 'en'],
    ['en;q=0.4,ja;q=0.5', 'ja'],
    ['en, ja', 'en'],
    ['en;q=0', 'ja'],
    ['*', 'ja'],
    ['fr;q=1, *;q=0.5, en;q=0.1', 'ja'],
    [';;;,,q=,', 'ja'],
  ] as const)('%j → %s', (header, locale) => expect(chooseLocale(header, 'ja')).toBe(locale));
});

test('writes are counted for each person, reads are not, and 429 says when to come back', async () => {
  const strict = await startTestApi({ writesPerMinute: 3 });
  try {
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await strict.send('hana', 'POST', '/v1/recoveries', { payload: {} })).statusCode);
    expect(statuses).toEqual([400, 400, 400, 429, 429]);
    const answer = await strict.send('hana', 'POST', '/v1/recoveries', { payload: start });
    expect(answer.json()).toMatchObject({ code: 'rate-limited', hint: failures['rate-limited'].hint.en });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await strict.send('ren', 'POST', '/v1/recoveries', { payload: {} })).statusCode).toBe(400);
    for (let i = 0; i < 10; i++) expect((await strict.send('hana', 'GET', '/v1/scenarios')).statusCode).toBe(200);
  } finally {
    await strict.close();
  }
});
