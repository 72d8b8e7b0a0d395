/** Verification over HTTP: started for a target, read while it runs, when it is filled in, and when it broke; on paper in both languages. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reportDocument } from '../../contracts/http/recovery.ts';
import { verificationDocument } from '../../contracts/http/verification.ts';
import { fillChecklist, checksOf, receiptOf } from '../../domain/checklist/fill.ts';
import { toolStoreChecklist } from '../../domain/checklist/tool-store-list.ts';
import { judged } from '../../domain/checklist/words.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
});
afterEach(() => api.close());

const start = (payload: object = {}, headers: Record<string, string> = {}) =>
  api.send('hana', 'POST', '/v1/targets/tools/verify', { payload, headers });
const read = (id: string, headers: Record<string, string> = {}) =>
  api.send('vera', 'GET', `/v1/verifications/${id}`, { headers });

/** Everything is well but the disk. */
const filled = (id: string) =>
  fillChecklist(toolStoreChecklist, {
    id,
    target: 'tools',
    startedAt: '2026-11-22T01:00:00.000Z',
    finishedAt: '2026-11-22T01:00:02.000Z',
    faults: [],
    answers: toolStoreChecklist.items.map(({ id: item }) =>
      item === 'disk'
        ? judged(
            item,
            false,
            { en: '95 % of the disk is used.', ja: 'ディスク使用量は 95 % です。' },
            { measured: '95 %', expected: '≤ 90 %' },
          )
        : judged(item, true, { en: 'Well.', ja: '正常です。' }),
    ),
  });
const keep = (list: ReturnType<typeof filled>): void =>
  void api.records.content.set(`checklists/${list.id}.json`, JSON.stringify(list));

test('is started with what the kind names, and can be looked at while it runs', async () => {
  const answer = await start({ input: { tools: 12 }, reason: 'after the move' });
  expect(answer.statusCode).toBe(202);
  const { id, ...document } = verificationDocument.strict().parse(answer.json());
  expect(answer.headers['location']).toBe(`/v1/verifications/${id}`);
  expect(document).toMatchObject({ target: 'tools', status: 'running' });
  const run = api.gateway.newest(`verification/${id}`)!;
  expect(run.request).toMatchObject({
    type: 'verification',
    args: [{ target: 'tools', site: 'main', id, keep: 'keepChecklist', input: { tools: 12 } }],
  });
  expect((await read(id)).json()).toMatchObject({ id, target: 'tools', status: 'running' });
  run.state = 'broken';
  expect((await read(id)).json()).toMatchObject({ status: 'broken' });
});

test('is started once for one Idempotency-Key', async () => {
  const key = { 'idempotency-key': 'once' };
  const [first, again] = [await start({}, key), await start({}, key)];
  expect(again.json()).toEqual(first.json());
  expect(api.gateway.runs.filter(({ type }) => type === 'verification')).toHaveLength(1);
});

test('refuses an input that the kind does not take, naming the field, and what does not exist', async () => {
  const wrong = await start({ input: { tools: -1 } });
  expect([wrong.statusCode, wrong.json<{ errors: { path: string }[] }>().errors[0]?.path]).toEqual([422, 'input.tools']);
  expect((await start({ humans: true })).statusCode).toBe(400);
  expect((await api.send('hana', 'POST', '/v1/targets/nope/verify', { payload: {} })).statusCode).toBe(404);
  expect((await read('20261122T010000Z-verification-123456')).statusCode).toBe(404);
});

describe('the filled list', () => {
  const id = '20261122T010000Z-verification-abcdef';

  test('is a document with the measured beside the expected', async () => {
    keep(filled(id));
    const answer = await read(id, { 'accept-language': 'ja' });
    const document = verificationDocument.strict().parse(answer.json());
    expect(document).toMatchObject({ id, status: 'not-passed', checklist: { passed: false } });
    expect(document.checklist!.parts.map(({ items }) => items.length)).toEqual([4, 3, 3, 3, 3, 3, 3]);
    expect(document.checklist!.parts[6]!.items[1]).toEqual({
      id: 'disk',
      title: 'ディスク使用量が正常範囲内',
      outcome: 'failed',
      measured: '95 %',
      expected: '≤ 90 %',
      sentence: 'ディスク使用量は 95 % です。',
    });
  });

  test.each([
    [
      'ja',
      '# 復旧後検証チェックリスト',
      '☒ 不合格 | ディスク使用量が正常範囲内 | 95 % | ≤ 90 %',
      '- 合格項目数: 21/22',
      '- 検証者: ________',
    ],
    [
      'en',
      '# Verification checklist after a recovery',
      '☒ failed | Disk use is within the limit | 95 % | ≤ 90 %',
      '- Items passed: 21/22',
      '- Verified by: ________',
    ],
  ])('is Markdown in %s', async (language, ...parts) => {
    keep(filled(id));
    const answer = await read(id, { accept: 'text/markdown', 'accept-language': language });
    expect([answer.headers['content-type'], answer.headers['content-language']]).toEqual([
      'text/markdown; charset=utf-8',
      language,
    ]);
    for (const part of parts) expect(answer.body).toContain(part);
    expect(answer.body).toContain('2026-11-22 10:00:00 (Asia/Tokyo)');
  });

  test('of a recovery is read in its report, not here', async () => {
    const recovery = await api.recovery();
    keep(filled(recovery.id));
    expect((await read(recovery.id)).statusCode).toBe(404);
  });
});

test('a report holds the filled list of its recovery, and those of the recoveries inside it', async () => {
  const recovery = await api.recovery();
  const inner = filled('tools~22222222-2222-4222-8222-222222222222');
  keep(inner);
  keep(filled(recovery.id));
  const checks = checksOf(receiptOf(inner, `checklists/${inner.id}.json`)).map(({ id }) => id);
  recovery.state = {
    ...recovery.state,
    steps: [{ ...recovery.state.steps[0]!, name: 'verify', path: 'first', evidence: { checks } }],
  };
  recovery.end('recovered');
  const report = (headers: Record<string, string>) =>
    api.send('vera', 'GET', `/v1/recoveries/${recovery.id}/report`, { headers });
  const document = reportDocument.strict().parse((await report({})).json());
  expect(document.checklists).toHaveLength(2);
  expect(document.checklists[0]!.digest).toBe(inner.digest);
  const { body } = await report({ accept: 'text/markdown', 'accept-language': 'ja' });
  expect(body.match(/## 復旧後検証チェックリスト/g)).toHaveLength(2);
  expect(body).toContain('### 7. パフォーマンス');
});
