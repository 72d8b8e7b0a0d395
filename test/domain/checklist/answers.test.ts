/** The judgements of the checklist that need no store: needs, leaks, the log's tools, the agent's words, tables on paper. */
import { describe, expect, test } from 'vitest';
import { isListed, listedIds, readReply } from '../../../domain/checklist/agent-talk.ts';
import { fillChecklist, checksOf, keptLists, receiptOf } from '../../../domain/checklist/fill.ts';
import { leaksIn } from '../../../domain/checklist/leaks.ts';
import { entryFault, LogTools } from '../../../domain/checklist/log-tools.ts';
import { answerRuns } from '../../../domain/checklist/run-answers.ts';
import { answerRights } from '../../../domain/checklist/security-answers.ts';
import { answerFiles, type StoreSight } from '../../../domain/checklist/store-answers.ts';
import { toolStoreChecklist } from '../../../domain/checklist/tool-store-list.ts';
import { judged, type Answer } from '../../../domain/checklist/words.ts';
import { plain } from '../../../domain/text.ts';

const head = {
  id: 'x',
  target: 'tools',
  startedAt: '2026-11-22T01:00:00.000Z',
  finishedAt: '2026-11-22T01:00:02.000Z',
  faults: [],
};
const allWell = (): Answer[] => toolStoreChecklist.items.map(({ id }) => judged(id, true, plain('well')));
const fill = (answers: readonly Answer[], faults = [] as ReturnType<typeof plain>[]) =>
  fillChecklist(toolStoreChecklist, { ...head, answers, faults });
const without = (...ids: string[]): Answer[] => allWell().filter(({ id }) => !ids.includes(id));

describe('the list', () => {
  test('has 22 items in seven parts, each in both languages, and leans only on what stands before', () => {
    const { parts, items } = toolStoreChecklist;
    expect([parts.length, items.length]).toEqual([7, 22]);
    for (const [at, { part, title, needs = [] }] of items.entries()) {
      expect(parts.some(({ id }) => id === part)).toBe(true);
      expect(title.en).toMatch(/[a-z]/);
      expect(title.ja).toMatch(/[ぁ-ん一-龯]/);
      for (const need of needs) {
        expect(
          items.slice(0, at).some(({ id }) => id === need),
          need,
        ).toBe(true);
      }
    }
  });

  test('passes where everything passed or is not applicable, and not where nothing was checked', () => {
    expect(fill(allWell()).passed).toBe(true);
    expect(fill([...without('disk'), { id: 'disk', outcome: 'not-applicable', sentence: plain('no') }]).passed).toBe(true);
    expect(fill(allWell().map((answer) => ({ ...answer, outcome: 'not-applicable' as const }))).passed).toBe(false);
    expect(fill([]).passed).toBe(false);
  });

  test('an item that nobody answered was not checked, with the reason', () => {
    const list = fill(without('disk', 'memory'), [plain('the worker is gone')]);
    expect(list.passed).toBe(false);
    expect(list.items.filter(({ outcome }) => outcome === 'not-checked').map(({ id, sentence }) => [id, sentence.en])).toEqual([
      ['disk', 'the worker is gone'],
      ['memory', 'the worker is gone'],
    ]);
  });

  test('what leans on a failed item says nothing, also by way of another', () => {
    const bad = ['create-works', 'created-runs', 'log-written', 'log-error'];
    const list = fill([...without(...bad), ...bad.map((id) => judged(id, false, plain('no')))]);
    const of = (outcome: string) => list.items.filter((item) => item.outcome === outcome).map(({ id }) => id);
    expect(of('failed')).toEqual(['create-works']);
    expect(of('not-checked')).toEqual(['created-runs', 'log-written', 'log-error']);
  });

  test('becomes checks of a step, whose evidence leads back to it', () => {
    const receipt = receiptOf(fill(without('disk')), 'checklists/x.json');
    const checks = checksOf(receipt);
    expect(checks.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['checklist-open']);
    expect(keptLists([{ evidence: { checks: checks.map(({ id }) => id) } }, {}])).toEqual(['checklists/x.json']);
  });
});

describe('what looks like a secret', () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;
  test.each([
    [`{"env":"${token}"}`, 'GitHub token'],
    ['AKIAIOSFODNN7EXAMPLE', 'AWS access key'],
    ['-----BEGIN OPENSSH PRIVATE KEY-----', 'private key'],
    ['sk-ant-api03-abcdefghijklmnop1234', 'API key'],
    [`{"h":"Authorization: Bearer abcdefghijklmnopqrst"}`, 'bearer token'],
    ['postgres://app:s3cr3tpass@db/x', 'password in an address'],
    ['{"password":"correct-horse"}', 'password or key'],
    [JSON.stringify({ args: JSON.stringify({ apiKey: 'abcdefgh1234' }) }), 'password or key'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w', 'JSON web token'],
  ])('%s', (text, kind) => expect(leaksIn(text)).toEqual([kind]));
  test.each([
    '{"password":"********"}',
    '{"token_count":1200,"secret_santa":true}',
    '{"password":"${DB_PASSWORD}"}',
    'https://example.com/a@b',
    'the task-list of sk-learn',
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  ])('not %s', (text) => expect(leaksIn(text)).toEqual([]));
  // Whoever looked at these again from every place would be busy for hours: the limit of the test says no to that.
  test.each(['a.'.repeat(300_000), 'eyJ-'.repeat(100_000), 'x://'.repeat(100_000), 'password='.repeat(50_000)])(
    'a line made to be slow is looked at once: %#',
    (text) => expect(leaksIn(text)).toEqual([]),
  );
});

describe('the log', () => {
  const line = (action: string, toolId: string, timestamp = '2026-11-22T02:00:00.000Z', success = true): string =>
    JSON.stringify({ timestamp, action, toolId, success });
  test('knows what was made since and not deleted again, by both of its writers', () => {
    const tools = new LogTools('2026-11-22T01:00:00.000Z');
    for (const one of [
      line('tool.create', 'dt_a'),
      line('create_tool', 'dt_a'),
      line('create_tool', 'dt_old', '2026-11-21T02:00:00.000Z'),
      line('create_tool', 'dt_failed', undefined, false),
      line('create_tool', 'dt_b'),
      line('delete_dynamic_tool', 'dt_b'),
      line('tool.delete', 'dt_c'),
      'torn "create_tool"',
      line('run_dynamic_tool', 'dt_d'),
    ]) {
      tools.take(one);
    }
    expect([[...tools.created], [...tools.deleted]]).toEqual([['dt_a'], ['dt_b', 'dt_c']]);
  });
  test.each([
    ['{}', 'timestamp'],
    ['{"timestamp":"yesterday","action":"a","success":true}', 'timestamp'],
    ['{"timestamp":"2026-11-22T02:00:00Z","success":true}', 'action'],
    ['{"timestamp":"2026-11-22T02:00:00Z","action":"a"}', 'success'],
    ['torn', 'timestamp'],
  ])('says what is wrong with %s', (text, field) => expect(entryFault(text)?.en).toContain(field));
  test('takes entries of both writers', () => expect(entryFault(line('tool.run', 'dt_a'))).toBeUndefined());
});

describe("the agent's words", () => {
  const said = (text: string) => readReply({ outcome: 'answered', text, ms: 1 });
  test('a result is what stands behind its mark', () => {
    expect(said('\nツール「a」の実行が完了しました。\n\n結果:\n{\n  "sum": 5\n}\n')).toEqual({ ok: true, value: { sum: 5 } });
    expect(said('結果:\nplain words')).toEqual({ ok: true, value: 'plain words' });
    // A result may speak of failures: only what stands before it is the agent's word.
    expect(said('結果:\n"前回は失敗しました"')).toEqual({ ok: true, value: '前回は失敗しました' });
  });
  test.each([
    ['エラー: ツールが見つかりません', false],
    ['\nツール「a」の実行に失敗しました。\n\nエラー: 実行タイムアウト\n', true],
    ['エラー: Tool execution timed out after 30000ms', true],
  ])('%s is a failure', (text, late) => expect(said(text)).toMatchObject({ ok: false, late }));
  test('ids and names of a listing', () => {
    const text = '## test_tool\n- ID: dt_0123456789ab\n## b\n- ID: dt_0123456789ab, dt_aaaaaaaaaaaa';
    expect(listedIds(text).size).toBe(2);
    expect([isListed(text, 'test_tool'), isListed(text, 'test')]).toEqual([true, false]);
  });
});

describe('runs', () => {
  const outcomes = (answers: readonly Answer[]) => answers.map(({ outcome }) => outcome);
  test('of a tool that is not there say nothing', () => {
    expect(outcomes(answerRuns([{ name: 'a', state: 'absent', ms: 0 }], 100))).toEqual(Array(4).fill('not-checked'));
  });
  test('one that failed counts although another is not there', () => {
    const runs = [{ name: 'a', state: 'absent', ms: 0 } as const, { name: 'b', state: 'failed', ms: 3, why: 'no' } as const];
    expect(outcomes(answerRuns(runs, 100))).toEqual(['not-checked', 'failed', 'not-checked', 'not-checked']);
  });
  test('of nothing are not applicable', () => expect(outcomes(answerRuns([], 100))).toEqual(Array(4).fill('not-applicable')));
});

describe('the store', () => {
  const sight: StoreSight = {
    toolsFolder: 'there',
    logsFolder: 'there',
    logThere: true,
    files: [],
    created: new Set(),
    deleted: new Set(),
  };
  const tool = (id: string) => ({
    path: `.pi/tools/${id}.json`,
    state: { kind: 'file' as const, sha256: '', bytes: 1, mode: '0644', uid: 0, gid: 0 },
    judged: { ok: true as const, tool: { id, name: id, code: '', usageCount: 0 } },
  });
  const count = (more: Partial<StoreSight>) => answerFiles({ ...sight, ...more }).find(({ id }) => id === 'tool-count')!;
  const baseline = { backup: 'b', tools: new Set(['.pi/tools/dt_a.json', '.pi/tools/dt_b.json']) };

  test('without anything to compare with passes nothing, and an empty one fails', () => {
    expect(count({ files: [tool('dt_a')] }).outcome).toBe('not-applicable');
    expect(count({}).outcome).toBe('failed');
  });
  test('is as expected with what was made since, without what was deleted or put aside', () => {
    expect(count({ baseline, files: [tool('dt_a'), tool('dt_b')] }).outcome).toBe('ok');
    expect(count({ baseline, files: [tool('dt_a')] })).toMatchObject({ outcome: 'failed', measured: '1', expected: '2' });
    expect(count({ baseline, files: [tool('dt_a')], deleted: new Set(['dt_b']) }).outcome).toBe('ok');
    // Brought back after it had been deleted.
    expect(count({ baseline, files: [tool('dt_a'), tool('dt_b')], deleted: new Set(['dt_b']) }).outcome).toBe('ok');
    expect(count({ baseline, files: [tool('dt_a'), { ...tool('dt_b'), path: '.pi/tools/disabled/dt_b.json' }] }).outcome).toBe(
      'ok',
    );
    expect(count({ baseline, created: new Set(['dt_c']), files: [tool('dt_a'), tool('dt_b')] }).outcome).toBe('failed');
    expect(count({ baseline, expectedTools: 1, files: [tool('dt_a')] })).toMatchObject({ outcome: 'ok', expected: '1' });
  });
  test('a wrong owner fails only where it could be set', () => {
    const entry = { path: 'a', kind: 'file', mode: '0644', uid: 5, gid: 5 } as const;
    const owner = () => ({ uid: 0, gid: 0 });
    expect(answerRights([entry], owner, true).outcome).toBe('failed');
    expect(answerRights([entry], owner, false).outcome).toBe('ok');
    expect(answerRights([{ ...entry, kind: 'folder', mode: '2775' }], () => undefined, true).outcome).toBe('ok');
    expect(answerRights([{ ...entry, kind: 'link' }], () => undefined, true).outcome).toBe('failed');
  });
});
