/** Drills over HTTP: started on sandboxes alone, and scored in the reader's language. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drillDocument, startedDrillDocument } from '../../contracts/http/drill.ts';
import { reportDocument } from '../../contracts/http/recovery.ts';
import type { RecoveryStart } from '../../domain/messages.ts';
import { plain } from '../../domain/text.ts';
import { bringToLife, startTestApi, type PersonId, type TestApi } from '../support/api.ts';
import { withSandbox } from '../support/sandbox-service.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

const declare = (declared?: Parameters<typeof withSandbox>[1]): void => {
  api.inventory = withSandbox(api.inventory, declared);
};

const request = { drill: 'region', target: 'shop', reason: 'half-yearly' };
const start = (body: object = {}, person: PersonId = 'hana', headers: Record<string, string> = {}) =>
  api.send(person, 'POST', '/v1/drills', { payload: { ...request, ...body }, headers });

describe('a start', () => {
  test('answers 202 like that of a recovery, which it is', async () => {
    declare();
    const answer = await start();
    expect(answer.statusCode).toBe(202);
    const { id, links } = startedDrillDocument.strict().parse(answer.json());
    expect([links.self, answer.headers.location]).toEqual([`/v1/drills/${encodeURIComponent(id)}`, links.self]);
    const { request: asked } = api.gateway.newest('recovery/shop')!;
    expect(asked.type).toBe('regionDrill');
    expect(asked.args[0] as RecoveryStart).toMatchObject({ scenario: 'region-drill', mode: 'run', requestedBy: 'hana' });
    expect((await api.send('vera', 'GET', links.recovery)).json()).toMatchObject({ id, scenario: 'region-drill' });
  });

  test('with an Idempotency-Key is one, however often it is said', async () => {
    declare();
    const key = { 'idempotency-key': 'twice' };
    const [first, second] = [await start({}, 'hana', key), await start({}, 'hana', key)];
    expect([first.statusCode, second.statusCode, second.body]).toEqual([202, 202, first.body]);
    expect(api.gateway.runs).toHaveLength(1);
  });

  test.each<[string, Parameters<typeof declare>[0], string[]]>([
    ['a service that declares none', { sandboxes: ['shop', 'names'], drill: false }, ['shop has no `drill` in the inventory']],
    ['a service', { sandboxes: ['names'] }, ['shop is not declared `sandbox: true` in the inventory']],
    ['a member', { sandboxes: ['shop'] }, ['names is not declared `sandbox: true` in the inventory']],
  ])('cannot touch production: %s that is no sandbox is refused, by either door', async (_, declared, messages) => {
    declare(declared);
    const recovery = { scenario: 'region-drill', target: 'shop', reason: 'past the drills' };
    for (const answer of [await start(), await api.send('hana', 'POST', '/v1/recoveries', { payload: recovery })]) {
      expect(answer.statusCode).toBe(422);
      const errors = messages.map((message) => ({ path: 'target', message }));
      expect(answer.json()).toMatchObject({ code: 'invalid-input', errors });
    }
    expect(api.gateway.runs).toEqual([]);
  });

  test.each([
    [{ drill: 'moon' }, 400],
    [{ mode: 'dry-run' }, 400],
    [{ reason: '' }, 400],
    [{ target: 'nowhere' }, 422],
    [{ target: 'tools' }, 422],
    [{ input: { to: 'mars' } }, 422],
    [{ input: { planned: true } }, 422],
  ])('of %o is refused with %i', async (body, status) => {
    declare();
    expect((await start(body)).statusCode).toBe(status);
    expect(api.gateway.runs).toEqual([]);
  });
});

describe('the score', () => {
  async function began() {
    declare();
    const { id } = (await start()).json<{ id: string }>();
    return bringToLife(id, api.gateway.newest('recovery/shop')!, api.records);
  }
  const read = async (id: string, headers: Record<string, string> = {}) =>
    api.send('vera', 'GET', `/v1/drills/${encodeURIComponent(id)}`, { headers });

  test('has every criterion from the start, and says in both languages what was missed', async () => {
    const drill = await began();
    drill.state = { ...drill.state, scenario: 'region-drill', steps: [] };
    const { passed, criteria, status } = drillDocument.parse((await read(drill.id)).json());
    expect([status, passed, criteria.map(({ met }) => met)]).toEqual(['waiting', null, Array(7).fill(null)]);
    const times = { startedAt: drill.run.startedAt, endedAt: drill.run.startedAt, attempts: 1, path: '' };
    const wayHome = {
      name: 'plan the way home',
      outcome: 'done' as const,
      sentence: plain('As planned.'),
      evidence: { digest: 'd' },
    };
    drill.state = { ...drill.state, steps: [{ ...times, ...wayHome }] };
    drill.end('recovered');
    const ended = drillDocument.parse((await read(drill.id)).json());
    expect([ended.drill, ended.passed, ended.links.wayHome]).toEqual([
      'region',
      false,
      `/v1/recoveries/${encodeURIComponent(drill.id)}/plans/d`,
    ]);
    expect(ended.criteria.at(-1)).toEqual({ id: 'way-home', title: 'way home', met: true, sentence: 'As planned.' });
    expect(ended.sentence).toMatch(/^Failed: switch, .*performance\.$/);
    expect((await read(drill.id, { 'accept-language': 'ja' })).json<{ sentence: string }>().sentence).toMatch(/^不合格: /);
  });

  test('stands in the report, for programs and for people in their language', async () => {
    const drill = await began();
    drill.state = { ...drill.state, scenario: 'region-drill', steps: [] };
    drill.end('recovered');
    const report = async (headers: Record<string, string>) =>
      api.send('vera', 'GET', `/v1/recoveries/${encodeURIComponent(drill.id)}/report`, { headers });
    const { criteria, passed, sentence } = drillDocument.parse((await read(drill.id)).json());
    expect(reportDocument.parse((await report({})).json()).score).toEqual({ criteria, passed, sentence });
    const [en, ja] = [
      await report({ accept: 'text/markdown' }),
      await report({ accept: 'text/markdown', 'accept-language': 'ja' }),
    ];
    expect(en.body).toContain(`## Score of the drill\n\n**${sentence}**\n\n|  | Criterion | What was measured |`);
    expect(en.body).toContain('| – | performance | Not measured. |');
    expect(ja.body).toContain('| – | フェイルバック計画 | 未計測です。 |');
  });

  test('of a recovery that is no drill, or that nobody knows, is 404', async () => {
    const { id } = await api.recovery();
    expect((await read(id)).statusCode).toBe(404);
    expect((await read('shop~nobody')).statusCode).toBe(404);
    const report = await api.send('vera', 'GET', `/v1/recoveries/${encodeURIComponent(id)}/report`);
    expect(report.json()).not.toHaveProperty('score');
  });
});
