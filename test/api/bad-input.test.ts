/** Every field of every request, wrong in every way its published schema knows, is refused by name. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { reviewClosedKey } from '../../activities/records/keys.ts';
import { openReview } from '../../activities/records/reviews.ts';
import type { NewReview } from '../../domain/review.ts';
import { keepSchedules } from '../../api/schedules/keep.ts';
import { kinds } from '../../contracts/kinds.ts';
import { plain } from '../../domain/text.ts';
import { bringToLife, startTestApi, type TestApi } from '../support/api.ts';
import { withSandbox } from '../support/sandbox-service.ts';

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: JsonSchema;
  readonly maxItems?: number;
}
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: JsonSchema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: JsonSchema } } };
}

let api: TestApi;
let id: string;
let drill: string;
let verification: string;
beforeAll(async () => {
  // Every route has to have something to ask.
  api = await startTestApi({ kinds: { ...kinds, 'tool-store': { ...kinds['tool-store']!, mayPromote: 'mayPromote' } } });
  api.inventory = withSandbox(api.inventory);
  api.gateway.asked.set('mayPromote', () => ({ node: 'b', ok: true, sentence: plain('it may') }));
  api.gateway.asked.set('listToolStoreBackups', () => [knownBackup]);
  api.gateway.asked.set('holdToolStoreBackup', () => knownBackup);
  api.gateway.asked.set('diagnoseToolStore', () => ({ target: 'tools', at: '2026-11-22T00:00:00Z', symptoms: [], suggests: [] }));
  api.gateway.asked.set('askToolStoreLog', () => ({ question: 'failures', bytes: 0, damaged: 0, items: [], truncated: false }));
  verification = (await api.send('ren', 'POST', '/v1/targets/tools/verify', { payload: {} })).json<{ id: string }>().id;
});
afterAll(() => api.close());

const knownBackup = {
  id: '20261122T020000Z-full-1a2b3c',
  target: 'tools',
  kind: 'full',
  source: 'okiagari',
  status: 'complete',
  startedAt: '2026-11-22T02:00:00Z',
  bytes: 1,
  files: 1,
  counts: {},
  repositories: ['local'],
  held: false,
};

beforeEach(async () => {
  for (const run of api.gateway.runs) run.state = 'completed';
  const started = await api.send('ren', 'POST', '/v1/recoveries', {
    payload: { scenario: 'tool-store-loss', target: 'tools', reason: 'test' },
  });
  id = started.json<{ id: string }>().id;
  const run = api.gateway.newest('recovery/tools')!;
  bringToLife(id, run, api.records);
  run.updates.set('decide', () => ({ gate: 'restore', state: 'approved', votes: [], need: 1, deadline: null }));
  run.updates.set('cancel', () => ({ accepted: true }));
  await drillThrough();
  await openReview(api.records, review, 1_000);
  await api.records.remove(reviewClosedKey('tools', reviewId));
  api.gateway.asked.set('testChannels', () => []);
  await keepSchedules({ gateway: api.gateway, records: api.records, inventory: () => api.inventory, kinds });
  api.records.content.set(`plans/${id}/${planDigest}.json`, JSON.stringify({ digest: planDigest }));
});

/** One that has ended, so that another one may begin. */
async function drillThrough(): Promise<void> {
  const started = await api.send('ren', 'POST', '/v1/drills', { payload: rightBodies['POST /v1/drills']! });
  drill = started.json<{ id: string }>().id;
  const living = bringToLife(drill, api.gateway.newest('recovery/shop')!, api.records);
  living.state = { ...living.state, scenario: 'region-drill' };
  living.end('recovered');
}

const planDigest = 'a'.repeat(64);
const reviewId = 'tools~00000000-0000-4000-8000-000000000000.abc';
const review: NewReview = {
  id: reviewId,
  kind: 'alone',
  target: 'tools',
  recovery: 'tools~00000000-0000-4000-8000-000000000000',
  gate: 'restore',
  sentence: plain('one file to overwrite'),
  by: [{ person: 'hana', reason: 'nobody came' }],
  openedAt: '2026-11-22T02:00:00Z',
};

/** A right request for each that takes a body; what is wrong is changed in it. */
const rightBodies: Readonly<Record<string, Record<string, unknown>>> = {
  'POST /v1/recoveries': {
    scenario: 'tool-store-loss',
    target: 'spare',
    input: {},
    mode: 'run',
    reason: 'lost',
    detectedAt: '2026-11-22T01:00:00Z',
    brokenSince: '2026-11-22T00:00:00+09:00',
    incident: 'inc-1',
    acknowledgeCoolDown: true,
  },
  'POST /v1/drills': { drill: 'region', target: 'shop', input: {}, reason: 'half-yearly', acknowledgeCoolDown: true },
  'POST /v1/recoveries/{id}/decisions': { gate: 'restore', digest: 'd', decision: 'approve', reason: 'seen' },
  'POST /v1/recoveries/{id}/cancel': { reason: 'wrong target' },
  'POST /v1/reviews/{id}/close': { reason: 'looked at' },
  'POST /v1/backups/{id}/verify': {},
  'POST /v1/backups/{id}/hold': { held: true, reason: 'evidence' },
  'POST /v1/targets/{id}/verify': { reason: 'before the weekend' },
  'POST /v1/targets/{id}/backups': { kind: 'manual', reason: 'before a change' },
  'POST /v1/people/{id}/test-message': {},
  'PUT /v1/schedules/{id}': { at: '02:30', paused: true, reason: 'maintenance' },
  'POST /v1/schedules/{id}/pause': { reason: 'maintenance' },
  'POST /v1/schedules/{id}/unpause': { reason: 'maintenance is over' },
  'POST /v1/schedules/{id}/trigger': { reason: 'now' },
};

/** What no schema of a single field shows. */
const wrongByMeaning: readonly (readonly [route: string, change: Record<string, unknown>, status: number, path: string])[] = [
  ['POST /v1/recoveries', { scenario: 'no-such-scenario' }, 422, 'scenario'],
  ['POST /v1/recoveries', { target: 'no-such-target' }, 422, 'target'],
  ['POST /v1/recoveries', { input: 'text' }, 422, 'input'],
  ['POST /v1/recoveries', { input: [] }, 422, 'input'],
  ['POST /v1/recoveries', { input: { backup: '../../etc' } }, 422, 'input.backup'],
  ['POST /v1/recoveries', { input: { backup: 7 } }, 422, 'input.backup'],
  ['POST /v1/recoveries', { input: { bakcup: 'x' } }, 422, 'input.bakcup'],
  ['POST /v1/recoveries', { scenario: 'tool-restore', input: {} }, 422, 'input.tools'],
  ['POST /v1/recoveries', { scenario: 'tool-restore', input: { tools: [] } }, 422, 'input.tools'],
  ['POST /v1/recoveries', { scenario: 'tool-restore', input: { tools: ['ok', 'rm -rf'] } }, 422, 'input.tools.1'],
  ['POST /v1/recoveries', { detectedAt: '2999-01-01T00:00:00Z' }, 422, 'detectedAt'],
  ['POST /v1/recoveries', { brokenSince: '2999-01-01T00:00:00Z' }, 422, 'brokenSince'],
  ['POST /v1/recoveries', { brokenSince: '2026-11-22T02:00:00Z' }, 422, 'brokenSince'],
  ['POST /v1/recoveries', { detectedAt: '2026-11-22T01:00:00' }, 400, 'detectedAt'],
  ['POST /v1/recoveries', { detectedAt: '2026-02-30T01:00:00Z' }, 400, 'detectedAt'],
  ['POST /v1/recoveries', { reason: '   ' }, 400, 'reason'],
  ['POST /v1/drills', { target: 'tools' }, 422, 'target'],
  ['POST /v1/drills', { input: { planned: true } }, 422, 'input.planned'],
  ['POST /v1/drills', { input: { to: 'mars' } }, 422, 'input.to'],
  ['POST /v1/targets/{id}/verify', { input: { tools: -1 } }, 422, 'input.tools'],
  ['POST /v1/recoveries/{id}/decisions', { input: {} }, 400, 'input'],
  ['POST /v1/recoveries/{id}/decisions', { decision: 'amend' }, 400, 'input'],
];

function wrongValues(schema: JsonSchema, inUrl: boolean): unknown[] {
  const texts: string[] = [];
  if (schema.enum) texts.push('no-such-word', '');
  if (schema.minLength) texts.push('');
  if (schema.maxLength !== undefined) texts.push('x'.repeat(schema.maxLength + 1));
  if (schema.format === 'date-time') texts.push('yesterday', '2026-11-22', '');
  else if (schema.pattern) texts.push('not\u0020fitting ');
  if (schema.type === 'integer') {
    texts.push('x', '', '1.5', '-1', ' 1', '1e1', String(schema.minimum! - 1), String(schema.maximum! + 1));
  }
  if (schema.type === 'array' && schema.items) texts.push(...(wrongValues(schema.items, true) as string[]));
  const others = [42, true, null, [], {}, ['x']].filter((value) => schema.type !== 'boolean' || value !== true);
  return inUrl ? texts : [...texts, ...others];
}

function url(path: string, more: string = ''): string {
  const known = {
    targets: 'tools',
    people: 'hana',
    backups: knownBackup.id,
    verifications: verification,
    reviews: encodeURIComponent(reviewId),
    recoveries: encodeURIComponent(id),
    drills: encodeURIComponent(drill),
    schedules: encodeURIComponent('schedule/tools/full'),
  };
  const [, , collection] = path.split('/') as ['', 'v1', keyof typeof known];
  return path.replace('{id}', known[collection]).replace('{digest}', planDigest) + more;
}

const operations = async (): Promise<{ route: string; method: 'GET' | 'POST' | 'PUT'; path: string; operation: Operation }[]> => {
  const document = (await api.send(undefined, 'GET', '/openapi.json')).json<{
    paths: Record<string, Record<string, Operation>>;
  }>();
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const upper = method.toUpperCase() as 'GET' | 'POST' | 'PUT';
      return { route: `${upper} ${path}`, method: upper, path, operation };
    }),
  );
};

const send = (method: 'GET' | 'POST' | 'PUT', path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.send(isForAdmins(path) ? 'ann' : 'ren', method, path, {
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { payload: JSON.stringify(body) }),
  });

const isForAdmins = (path: string): boolean => /\/hold(\?|$)|^\/v1\/schedules\/./.test(path);

type Answer = Awaited<ReturnType<typeof send>>;

function expectNamed(answer: Answer, path: string, statuses: readonly number[], what: string): void {
  const problem = answer.json<{ code: string; errors?: { path: string; message: string }[]; detail: string; hint: string }>();
  expect(statuses, `${what}: ${answer.body}`).toContain(answer.statusCode);
  expect(answer.headers['content-type'], what).toContain('application/problem+json');
  expect(
    problem.errors?.map((error) => error.path),
    what,
  ).toContain(path);
  expect(problem.detail.includes(path) && problem.hint.length > 0, what).toBe(true);
}

describe('generated from the published schemas', () => {
  test('every right request is accepted, or the wrong ones would prove nothing', async () => {
    for (const { route, method, path, operation } of await operations()) {
      if (path.endsWith('/events')) continue;
      const body = rightBodies[route];
      expect(operation.requestBody !== undefined, route).toBe(body !== undefined);
      const answer = await send(method, url(path), body);
      expect(answer.statusCode, `${route}: ${answer.body}`).toBeLessThan(300);
    }
  });

  test('every field of every body', async () => {
    let tried = 0;
    for (const { route, method, path, operation } of await operations()) {
      const schema = operation.requestBody?.content['application/json'].schema;
      if (!schema) continue;
      const right = rightBodies[route]!;
      for (const [field, fieldSchema] of Object.entries(schema.properties ?? {})) {
        if (Object.keys(fieldSchema).filter((key) => key !== 'description').length === 0) {
          // Anything by shape: what it may be is told by meaning, below.
          expect(
            wrongByMeaning.some(([of, , , at]) => of === route && at.split('.')[0] === field),
            `${route} ${field}`,
          ).toBe(true);
          continue;
        }
        for (const value of wrongValues(fieldSchema, false)) {
          const answer = await send(method, url(path), { ...right, [field]: value });
          expectNamed(answer, field, [400], `${route} ${field}=${JSON.stringify(value)}`);
          tried++;
        }
      }
      for (const field of schema.required ?? []) {
        const { [field]: _, ...rest } = right;
        expectNamed(await send(method, url(path), rest), field, [400], `${route} without ${field}`);
        tried++;
      }
      expectNamed(await send(method, url(path), { ...right, surplus: 1 }), 'surplus', [400], `${route} surplus`);
      for (const body of [[], 'text', 7, true]) {
        expectNamed(await send(method, url(path), body), 'body', [400], `${route} ${JSON.stringify(body)}`);
      }
    }
    expect(tried).toBeGreaterThan(100);
  });

  test('every parameter of every query and header', async () => {
    let tried = 0;
    for (const { route, method, path, operation } of await operations()) {
      for (const { name, in: where, schema } of operation.parameters ?? []) {
        if (where === 'path') continue;
        const values = wrongValues(schema, true) as string[];
        expect(values.length, `${route} ${name}`).toBeGreaterThan(0);
        for (const value of values) {
          const answer =
            where === 'query'
              ? await send(method, url(path, `?${name}=${encodeURIComponent(value)}`), rightBodies[route])
              : await send(method, url(path), rightBodies[route], { [name]: value });
          expectNamed(answer, `${where === 'query' ? 'query' : 'headers'}.${name}`, [400], `${route} ${name}=${value}`);
          tried++;
        }
      }
      if (path.startsWith('/v1/')) {
        expectNamed(await send(method, url(path, '?surplus=1'), rightBodies[route]), 'query.surplus', [400], route);
      }
    }
    expect(tried).toBeGreaterThan(40);
  });

  test('every id in every path', async () => {
    const wrong = ['no-such-thing', '..', 'tools~not-a-run', 'x'.repeat(150), '%2e%2e%2fetc', "';--", '日本'];
    for (const { route, method, path, operation } of await operations()) {
      for (const { name, in: where } of operation.parameters ?? []) {
        if (where !== 'path') continue;
        for (const value of wrong) {
          const answer = await send(method, url(path.replace(`{${name}}`, encodeURIComponent(value))), rightBodies[route]);
          expect(answer.statusCode, `${route} ${name}=${value}: ${answer.body}`).toBe(404);
          expect(answer.json<{ code: string }>().code).toBe('not-found');
        }
        const long = await send(method, url(path.replace(`{${name}}`, 'x'.repeat(201))), rightBodies[route]);
        expectNamed(long, `params.${name}`, [400], route);
      }
    }
  });
});

describe('by meaning', () => {
  test.each(wrongByMeaning)('%s with %j is %i at %s', async (route, change, status, path) => {
    const [method, address] = route.split(' ') as ['POST', string];
    const answer = await send(method, url(address), { ...rightBodies[route], ...change });
    expectNamed(answer, path, [status], answer.body);
  });

  test('a kind of backup that nobody knows is refused by name', async () => {
    expectNamed(await send('POST', '/v1/targets/tools/backups', { kind: 'differential' }), 'kind', [400], 'differential');
  });

  test('a cursor of nowhere', async () => {
    for (const cursor of ['x', 'YWZ0ZXI', Buffer.from('other').toString('base64url')]) {
      expectNamed(await send('GET', `/v1/recoveries?cursor=${cursor}`, undefined), 'query.cursor', [400], cursor);
    }
  });

  test('several wrong fields are all named', async () => {
    const answer = await send('POST', '/v1/recoveries', { scenario: '', target: 7, mode: 'walk', surplus: 1 });
    const paths = answer.json<{ errors: { path: string }[] }>().errors.map(({ path }) => path);
    expect(paths.toSorted()).toEqual(['mode', 'reason', 'scenario', 'surplus', 'target']);
  });
});
