/** Who may do what: the role × route matrix, written out once more and held against every route. */
import Fastify from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { access } from '../../api/access.ts';
import type { App } from '../../api/context.ts';
import { registerDoor } from '../../api/door.ts';
import { createPeople } from '../../api/people.ts';
import type { Inventory } from '../../contracts/inventory.ts';
import { people, startTestApi, testInventory, tokenOf, type PersonId, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const everyone = ['hana', 'ren', 'mio', 'vera', 'ada', 'ann'] as const satisfies readonly PersonId[];
const operators = ['hana', 'ren'] as const;
const approvers = ['ren', 'mio'] as const;

const decide = (decision: string) => ({
  gate: 'g',
  digest: 'd',
  decision,
  reason: 'r',
  ...(decision === 'amend' && { input: {} }),
});

/** interface §3, by hand: roles add up and all imply viewer. */
const matrix: readonly (readonly [route: string, may: readonly PersonId[] | 'anybody', body?: object])[] = [
  ['GET /healthz', 'anybody'],
  ['GET /readyz', 'anybody'],
  ['GET /openapi.json', 'anybody'],
  ['GET /v1/scenarios', everyone],
  ['GET /v1/targets', everyone],
  ['GET /v1/targets/:id', everyone],
  ['GET /v1/targets/:id/diagnosis', everyone],
  ['GET /v1/targets/:id/may-promote', everyone],
  ['GET /v1/targets/:id/audit-log', everyone],
  ['GET /v1/targets/:id/backups', everyone],
  ['POST /v1/targets/:id/backups', operators, { kind: 'full' }],
  ['GET /v1/backups/:id', everyone],
  ['POST /v1/backups/:id/verify', operators],
  ['POST /v1/targets/:id/verify', operators],
  ['GET /v1/verifications/:id', everyone],
  ['POST /v1/backups/:id/hold', ['ann'], { held: true, reason: 'r' }],
  ['GET /v1/recoveries', everyone],
  ['POST /v1/recoveries', operators, { scenario: 'nope', target: 'nope', reason: 'r' }],
  ['GET /v1/recoveries/:id', everyone],
  ['GET /v1/recoveries/:id/events', everyone],
  ['GET /v1/recoveries/:id/report', everyone],
  ['GET /v1/recoveries/:id/plans/:digest', everyone],
  ['POST /v1/recoveries/:id/decisions', approvers, decide('approve')],
  ['POST /v1/recoveries/:id/decisions', approvers, decide('reject')],
  ['POST /v1/recoveries/:id/decisions', operators, decide('retry')],
  ['POST /v1/recoveries/:id/decisions', operators, decide('amend')],
  ['POST /v1/recoveries/:id/decisions', operators, decide('skip')],
  ['POST /v1/recoveries/:id/decisions', operators, decide('roll-back')],
  ['POST /v1/recoveries/:id/decisions', operators, decide('tick')],
  ['POST /v1/recoveries/:id/decisions', operators, decide('fail')],
  ['POST /v1/recoveries/:id/cancel', operators],
  ['POST /v1/drills', operators, { drill: 'region', target: 'nope', reason: 'r' }],
  ['GET /v1/drills/:id', everyone],
  ['POST /v1/reviews/:id/close', approvers, { reason: 'r' }],
  ['POST /v1/people/:id/test-message', operators],
  ['GET /v1/schedules', everyone],
  ['PUT /v1/schedules/:id', ['ann'], { reason: 'r' }],
  ['POST /v1/schedules/:id/pause', ['ann'], { reason: 'r' }],
  ['POST /v1/schedules/:id/unpause', ['ann'], { reason: 'r' }],
  ['POST /v1/schedules/:id/trigger', ['ann'], { reason: 'r' }],
];

async function codeOf(person: PersonId | undefined, route: string, body?: object, headers: Record<string, string> = {}) {
  const [method, path] = route.split(' ') as ['GET' | 'POST' | 'PUT', string];
  const url = path.replace(':id', 'unknown-thing').replace(':digest', 'd');
  const answer = await api.send(person, method, url, { headers, ...(body && { payload: body }) });
  return { status: answer.statusCode, headers: answer.headers };
}

describe('the matrix', () => {
  test('has every route of the service, and every route of the service is in it', () => {
    const served = [...new Set(matrix.map(([route]) => route))].toSorted();
    expect(Object.keys(access).toSorted()).toEqual(served);
    // The router is asked too: what it does not know answers 404 whoever asks.
    for (const route of served) {
      const [method, url] = route.split(' ') as ['GET', string];
      expect(api.app.hasRoute({ method, url }), route).toBe(true);
    }
  });

  test('counts the routes that the router itself has', () => {
    const registered = Object.entries(api.app.swagger().paths ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect([...registered, 'GET /openapi.json'].toSorted()).toEqual(Object.keys(access).toSorted());
  });

  const cells = matrix.flatMap(([route, may, body]) =>
    people.map((person) => ({
      route,
      body,
      person,
      may: may === 'anybody' || may.includes(person),
      word: JSON.stringify(body) ?? '',
    })),
  );
  test.each(cells)('$person on $route $word: $may', async ({ route, body, person, may }) => {
    const { status } = await codeOf(person, route, body);
    if (may) expect([401, 403]).not.toContain(status);
    else expect(status).toBe(403);
  });

  const closed = matrix.filter(([, may]) => may !== 'anybody').map(([route, , body]) => ({ route, body }));
  test.each(closed)('$route needs a token', async ({ route, body }) => {
    const nobody = await codeOf(undefined, route, body);
    expect(nobody.status).toBe(401);
    expect(nobody.headers['www-authenticate']).toContain('Bearer');
  });

  test('the role is judged before the body is looked at', async () => {
    expect((await codeOf('vera', 'POST /v1/recoveries', { nonsense: true })).status).toBe(403);
    expect((await codeOf(undefined, 'POST /v1/recoveries', { nonsense: true })).status).toBe(401);
  });
});

describe('a token', () => {
  test.each([
    ['unknown', 'Bearer nobody-has-this'],
    ['empty', 'Bearer '],
    ['of another scheme', `Basic ${tokenOf('hana')}`],
    ['cut short', `Bearer ${tokenOf('hana').slice(0, -1)}`],
    ['too long', `Bearer ${tokenOf('hana')}x`],
    ['in another case', `Bearer ${tokenOf('hana').toUpperCase()}`],
    ['twice', `Bearer ${tokenOf('hana')} ${tokenOf('hana')}`],
  ])('that is %s is nobody', async (_, authorization) => {
    expect((await codeOf(undefined, 'GET /v1/scenarios', undefined, { authorization })).status).toBe(401);
  });

  test('is known again after the inventory was reloaded, and gone with its person', async () => {
    const before = testInventory();
    api.inventory = { ...before, people: before.people.filter(({ id }) => id !== 'vera') };
    expect((await codeOf('vera', 'GET /v1/scenarios')).status).toBe(401);
    expect((await codeOf('hana', 'GET /v1/scenarios')).status).toBe(200);
    api.inventory = before;
    expect((await codeOf('vera', 'GET /v1/scenarios')).status).toBe(200);
  });

  const withTokens = (tokens: Record<string, string | undefined>): Inventory => {
    for (const [name, value] of Object.entries(tokens)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    const one = testInventory().people[0]!;
    return { ...testInventory(), people: Object.keys(tokens).map((env) => ({ ...one, id: env.toLowerCase(), token: { env } })) };
  };

  test('that two people share belongs to neither, and both are named', () => {
    const faults: string[] = [];
    const inventory = withTokens({ X_A: 'same-token', X_B: 'same-token', X_C: 'other-token' });
    const whois = createPeople(
      () => inventory,
      (person, why) => void faults.push(`${person} ${why}`),
    );
    expect([whois('same-token'), whois('other-token')?.id]).toEqual([undefined, 'x_c']);
    expect(faults).toEqual(['x_a shared', 'x_b shared']);
  });

  test('that is not set lets nobody in, not even with an empty one', () => {
    const faults: string[] = [];
    const inventory = withTokens({ X_D: undefined, X_E: 'there' });
    const whois = createPeople(
      () => inventory,
      (person, why) => void faults.push(`${person} ${why}`),
    );
    expect([whois(''), whois('undefined'), whois('there')?.id]).toEqual([undefined, undefined, 'x_e']);
    expect(faults).toEqual(['x_d missing']);
  });
});

test('a route that the access table does not know stops the boot', () => {
  const app: App = Fastify().withTypeProvider<ZodTypeProvider>();
  registerDoor(app, { inventory: testInventory });
  expect(() => app.get('/v1/secrets', async () => 'all of them')).toThrow(/GET \/v1\/secrets is not in api\/access.ts/);
});
