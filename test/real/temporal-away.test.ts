/** The API while Temporal is away, frozen and back, on a real server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { access } from '../../api/access.ts';
import type { Gateway } from '../../api/gateway.ts';
import { createTemporalGateway } from '../../api/temporal-gateway.ts';
import { kinds } from '../../contracts/kinds.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { withSandbox } from '../support/sandbox-service.ts';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts';
import { eventually } from '../support/eventually.ts';

const limitMs = 2_000;

let server: TemporalServer;
let gateway: Gateway;
let api: TestApi;
let recovery: string;

beforeAll(async () => {
  server = await startTemporalServer();
  gateway = createTemporalGateway({ address: server.address });
  // Every route has to have something to ask.
  api = await startTestApi({ gateway, kinds: { ...kinds, 'tool-store': { ...kinds['tool-store']!, mayPromote: 'mayPromote' } } });
  api.inventory = withSandbox(api.inventory);
  const started = await api.send('hana', 'POST', '/v1/recoveries', {
    payload: { scenario: 'tool-store-loss', target: 'tools', reason: 'before the outage' },
  });
  recovery = started.json<{ id: string }>().id;
});
afterAll(async () => {
  await api.close();
  await gateway.close();
  await server.stop();
});

/** Every route that speaks to Temporal, with a request that would be right. */
const bodies: Readonly<Record<string, object | undefined>> = {
  'POST /v1/targets/:id/backups': { kind: 'full' },
  'POST /v1/backups/:id/verify': undefined,
  'POST /v1/backups/:id/hold': { held: true, reason: 'evidence' },
  'PUT /v1/schedules/:id': { paused: true, reason: 'maintenance' },
  'POST /v1/schedules/:id/pause': { reason: 'maintenance' },
  'POST /v1/schedules/:id/unpause': { reason: 'over' },
  'POST /v1/schedules/:id/trigger': { reason: 'now' },
  'POST /v1/recoveries': { scenario: 'tool-store-loss', target: 'spare', reason: 'now' },
  'POST /v1/drills': { drill: 'region', target: 'shop', reason: 'now' },
  'POST /v1/recoveries/:id/decisions': { gate: 'restore', digest: 'd', decision: 'approve', reason: 'ok' },
  'POST /v1/recoveries/:id/cancel': undefined,
};
const without = [
  'GET /healthz',
  'GET /openapi.json',
  'GET /v1/scenarios',
  'GET /v1/recoveries/:id/plans/:digest',
  'POST /v1/reviews/:id/close',
];
const ids: readonly (readonly [collection: string, id: string])[] = [
  ['/targets/', 'tools'],
  ['/backups/', '20261122T020000Z-full-1a2b3c'],
  ['/people/', 'ren'],
  ['/schedules/', encodeURIComponent('schedule/tools/full')],
];
const routes = Object.keys(access).filter((route) => !without.includes(route));

const forAdmins = (route: string): boolean => (access as Readonly<Record<string, unknown>>)[route] === 'admin';

async function ask(route: string) {
  const [method, path] = route.split(' ') as ['GET' | 'POST' | 'PUT', string];
  const id = ids.find(([collection]) => path.includes(collection))?.[1] ?? recovery;
  const body = bodies[route];
  const began = performance.now();
  const answer = await api.send(forAdmins(route) ? 'ann' : 'ren', method, path.replace(':id', id), body ? { payload: body } : {});
  return { answer, tookMs: performance.now() - began };
}

describe('without a worker', () => {
  test('a recovery is started, and its document is what the start said, stale', async () => {
    const answer = await api.send('vera', 'GET', `/v1/recoveries/${recovery}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      id: recovery,
      status: 'running',
      stale: true,
      reason: 'before the outage',
      requestedBy: 'hana',
    });
    expect(answer.json()).toHaveProperty('asOf');
  });

  test('a decision is kept for later', async () => {
    const answer = await api.send('ren', 'POST', `/v1/recoveries/${recovery}/decisions`, {
      payload: { gate: 'restore', digest: 'd', decision: 'approve', reason: 'ok' },
    });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ gate: 'restore', state: 'open', queued: true });
  });

  test('it is not ready, and says why', async () => {
    const answer = await api.send(undefined, 'GET', '/readyz');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([503, 'no-worker']);
  });
});

describe.each([
  ['killed', () => server.kill(), () => server.restart()],
  ['frozen', async () => server.freeze(), async () => server.thaw()],
])('with Temporal %s', (_, take, bring) => {
  const asked = new Map<string, Awaited<ReturnType<typeof ask>>>();
  beforeAll(async () => {
    await take();
    await Promise.all(routes.map(async (route) => asked.set(route, await ask(route))));
  });

  test.each(routes)('%s says so within 2 s', (route) => {
    const { answer, tookMs } = asked.get(route)!;
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([503, 'temporal-away']);
    expect(answer.headers['retry-after']).toBe('1');
    expect(tookMs).toBeLessThan(limitMs);
  });

  test('what needs no Temporal is answered as ever', async () => {
    expect((await api.send(undefined, 'GET', '/healthz')).statusCode).toBe(200);
    expect((await api.send('vera', 'GET', '/v1/scenarios')).statusCode).toBe(200);
  });

  test('it answers again within 2 s of its return, by itself', async () => {
    await bring();
    const back = performance.now();
    await eventually(async () => (await api.send('vera', 'GET', '/v1/recoveries')).statusCode).toBe(200);
    expect(performance.now() - back).toBeLessThan(limitMs);
    await eventually(async () => (await api.send('vera', 'GET', `/v1/recoveries/${recovery}`)).json<unknown>()).toMatchObject({
      status: 'running',
      stale: true,
    });
  });
});

test('an API that boots while Temporal is away answers when it comes', async () => {
  await server.kill();
  const early = createTemporalGateway({ address: server.address });
  const booted = await startTestApi({ gateway: early });
  try {
    expect((await booted.send('vera', 'GET', '/v1/recoveries')).statusCode).toBe(503);
    await server.restart();
    const back = performance.now();
    await eventually(async () => (await booted.send('vera', 'GET', '/v1/recoveries')).statusCode).toBe(200);
    expect(performance.now() - back).toBeLessThan(limitMs);
  } finally {
    await booted.close();
    await early.close();
  }
});
