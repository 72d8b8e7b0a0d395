/** Questions to a log over HTTP: which activity is asked, what is refused, and one answer from a real worker. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { controlQueue } from '../../domain/identity.ts';
import { logAnswerDocument } from '../../contracts/http/log-question.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { startStoreStack } from '../support/store-stack.ts';
import { startTemporalServer } from '../support/temporal-server.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

const get = (path: string) => api.send('vera', 'GET', path);
const answer = {
  question: 'timeouts',
  bytes: 9,
  damaged: 1,
  items: [{ tool: 'slow', timeouts: 3, lastAt: '2026-11-22T03:00:00.000Z', lastError: 'timed out' }],
  truncated: false,
};

test('the kind’s activity is asked, and its answer is the answer', async () => {
  const asked: unknown[] = [];
  api.gateway.asked.set('askToolStoreLog', (input) => (asked.push(input), answer));
  const got = await get('/v1/targets/tools/audit-log?question=timeouts&limit=7&since=2026-11-22T09:00:00%2B09:00');
  expect([got.statusCode, got.json()]).toEqual([200, answer]);
  await get('/v1/targets/tools/audit-log?question=timeouts');
  expect(asked).toEqual([
    { target: 'tools', question: 'timeouts', limit: 7, since: '2026-11-22T09:00:00+09:00' },
    { target: 'tools', question: 'timeouts', limit: 50 },
  ]);
});

test('a question that is none, or a parameter that is none, names the field', async () => {
  for (const [query, path] of [
    ['?question=why', 'query.question'],
    ['?question=usage&since=yesterday', 'query.since'],
    ['?question=usage&limit=0', 'query.limit'],
    ['?question=usage&cursor=x', 'query.cursor'],
  ]) {
    const got = await get(`/v1/targets/tools/audit-log${query}`);
    expect(got.statusCode, query).toBe(400);
    expect(JSON.stringify(got.json<{ errors: object[] }>().errors), query).toContain(path);
  }
});

test('without the target it is 404, without a worker 503', async () => {
  expect((await get('/v1/targets/nope/audit-log?question=usage')).statusCode).toBe(404);
  api.gateway.worker = 'gone';
  expect((await get('/v1/targets/tools/audit-log?question=usage')).statusCode).toBe(503);
});

test('a real worker answers from a real log', async () => {
  const server = await startTemporalServer();
  const stack = await startStoreStack(server);
  try {
    const store = await stack.store({ tools: 3, logLines: 400 });
    const found = await stack.client.workflow.execute('ask', {
      workflowId: `ask/${store.id}/log`,
      taskQueue: controlQueue,
      args: [{ target: store.id, site: 'main', activity: 'askToolStoreLog', input: { question: 'usage' } }],
    });
    const { items } = logAnswerDocument.parse(found);
    const names = items.map((item) => ('tool' in item ? item.tool : ''));
    expect(new Set(names)).toEqual(new Set(store.sample.tools.map(({ name }) => name)));
  } finally {
    await stack.stop();
    await server.stop();
  }
});
