/** The report over HTTP: Markdown or JSON by Accept, ja or en by Accept-Language, for what runs and for what has ended. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prefersMarkdown } from '../../api/reports.ts';
import { reportDocument } from '../../contracts/http/recovery.ts';
import { startTestApi, type FakeRecovery, type TestApi } from '../support/api.ts';

let api: TestApi;
let recovery: FakeRecovery;
beforeEach(async () => {
  api = await startTestApi();
  recovery = await api.recovery();
});
afterEach(() => api.close());

const report = (headers: Record<string, string> = {}) =>
  api.send('vera', 'GET', `/v1/recoveries/${recovery.id}/report`, { headers });

describe('the report', () => {
  test('is JSON unless Markdown is wanted', async () => {
    recovery.end('recovered');
    const answer = await report();
    expect(answer.headers['content-type']).toContain('application/json');
    const document = reportDocument.strict().parse(answer.json());
    expect(document).toMatchObject({
      recovery: { id: recovery.id, status: 'recovered' },
      scenario: { id: 'tool-store-loss', title: 'Tool store lost' },
      owner: 'hana',
      contacts: [{ id: 'support' }],
      links: [{ title: 'Dashboard' }],
    });
    expect(document.ledger.map(({ number, event }) => [number, event])).toEqual([
      [1, 'status'],
      [2, 'step'],
      [3, 'end'],
    ]);
  });

  test('is Markdown in the language of the reader', async () => {
    recovery.end('recovered');
    const ja = await report({ accept: 'text/markdown', 'accept-language': 'ja' });
    expect([ja.headers['content-type'], ja.headers['content-language']]).toEqual(['text/markdown; charset=utf-8', 'ja']);
    expect(ja.body).toContain('# 復旧報告書: 全ツール定義ファイルの消失 (tools)');
    const en = await report({ accept: 'text/markdown, application/json;q=0.5' });
    expect(en.body).toContain('# Recovery report: Tool store lost (tools)');
    expect(en.body).toContain('recovered and verified');
  });

  test('of a running recovery says what is so far; without a worker, as of when', async () => {
    expect((await report({ accept: 'text/markdown' })).body).toContain('Overwrite live tools');
    api.gateway.worker = 'gone';
    const stale = await report({ accept: 'text/markdown' });
    expect(stale.statusCode).toBe(200);
    expect(stale.body).toContain('No worker answers');
    expect((await report()).json()).toMatchObject({ recovery: { stale: true }, ledger: [] });
  });

  test('of a terminated recovery can be had without a worker', async () => {
    Object.assign(recovery.run, { state: 'broken', closedAt: '2026-11-22T10:09:00.000Z' });
    api.gateway.worker = 'gone';
    expect((await report()).json()).toMatchObject({ recovery: { status: 'failed' }, ledger: [] });
  });

  test('can still be had when the target has left the inventory', async () => {
    recovery.end('recovered');
    api.inventory = { ...api.inventory, targets: api.inventory.targets.filter(({ id }) => id !== 'tools') };
    expect((await report()).json()).toMatchObject({ recovery: { target: 'tools' }, contacts: [], links: [] });
  });
});

test.each([
  [undefined, false],
  ['*/*', false],
  ['application/json', false],
  ['text/html', false],
  ['text/markdown', true],
  ['TEXT/Markdown; charset=utf-8', true],
  ['text/*', true],
  ['text/markdown;q=0.5, application/json', false],
  ['text/markdown, application/json', true],
  ['text/markdown;q=0', false],
] as const)('Accept %j wants Markdown: %s', (accept, wanted) => expect(prefersMarkdown(accept)).toBe(wanted));
