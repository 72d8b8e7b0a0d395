/** Answers to questions: both vocabularies count, what two writers noted counts once, and the order is the reader's. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerOf } from '../../../domain/log-questions/answer.ts';
import { creationsOf } from '../../../domain/log-questions/creations.ts';
import { entryOf, isTimeout } from '../../../domain/log-questions/log-entry.ts';
import { count, emptyTally, putTogether } from '../../../domain/log-questions/tally.ts';
import { logQuestions, type AskedQuestion, type LogEntry, type LogQuestion } from '../../../domain/log-questions/words.ts';

const now = Date.parse('2026-11-25T00:00:00.000Z');
const daysAgo = (days: number): string => new Date(now - days * 86_400_000).toISOString();
const asked = (question: LogQuestion, more: Partial<AskedQuestion> = {}): AskedQuestion => ({
  question,
  now,
  limit: 50,
  ...more,
});
const entry = (line: object): LogEntry => entryOf(line)!;
const tallied = (lines: readonly object[], about: AskedQuestion) => {
  const tally = emptyTally();
  for (const line of lines) count(tally, about, entry(line), JSON.stringify(line).length + 1);
  return tally;
};
const answer = (lines: readonly object[], question: LogQuestion, more?: Partial<AskedQuestion>) =>
  answerOf(tallied(lines, asked(question, more)), asked(question, more), 1_000);

const ran = (toolName: string, more: object = {}) => ({
  timestamp: daysAgo(1),
  action: 'run_dynamic_tool',
  toolId: `dt_${toolName}`,
  toolName,
  success: true,
  ...more,
});

describe('a line', () => {
  test('is read in either vocabulary, with its error wherever the writer put it', () => {
    expect(entry({ action: 'tool.run', toolName: 'a', success: false, errorMessage: 'no' })).toMatchObject({
      tool: 'a',
      failed: true,
      error: 'no',
    });
    expect(entry({ action: 'run_dynamic_tool', toolId: 'dt_1', error: 'no' })).toMatchObject({
      tool: 'dt_1',
      failed: false,
      error: 'no',
    });
    expect(entry({ action: 'x', details: { errorMessage: 'inside' } })).toMatchObject({ tool: '(unnamed)', error: 'inside' });
    expect(entry({ action: 'x', error: 'e'.repeat(500) }).error).toHaveLength(160);
  });
  test('that is no object or has no action is none', () => {
    for (const value of [null, 42, 'x', [], {}, { action: 7 }]) expect(entryOf(value)).toBeUndefined();
  });
  test('tells of a timeout in any case and language, but only when it failed', () => {
    for (const error of ['Timeout', 'execution TIMED OUT after 3 s', 'タイムアウトしました']) {
      expect(isTimeout(entry({ action: 'x', success: false, error }))).toBe(true);
      expect(isTimeout(entry({ action: 'x', success: true, error }))).toBe(false);
    }
    expect(isTimeout(entry({ action: 'x', success: false, error: 'no such file', details: { timeout_ms: 1 } }))).toBe(false);
  });
});

describe('an answer', () => {
  test('has the last failures, newest first', () => {
    const lines = [1, 2, 3, 4].map((n) => ran(`t${n}`, { success: n === 2, error: `e${n}` }));
    expect(answer(lines, 'failures', { limit: 2 })).toEqual({
      question: 'failures',
      bytes: 1_000,
      damaged: 0,
      items: [
        { at: daysAgo(1), tool: 't4', action: 'run_dynamic_tool', error: 'e4' },
        { at: daysAgo(1), tool: 't3', action: 'run_dynamic_tool', error: 'e3' },
      ],
      truncated: true,
    });
  });
  test('counts timeouts per tool, most first', () => {
    const slow = (tool: string, error = 'timed out') => ran(tool, { success: false, error });
    const { items } = answer([slow('a'), slow('b'), slow('b', 'Timeout'), ran('c'), slow('a', 'no such file')], 'timeouts');
    expect(items).toEqual([
      { tool: 'b', timeouts: 2, lastAt: daysAgo(1), lastError: 'Timeout' },
      { tool: 'a', timeouts: 1, lastAt: daysAgo(1), lastError: 'timed out' },
    ]);
  });
  test('counts use in both vocabularies, and a creation that two writers noted once', () => {
    const lines = [
      { timestamp: daysAgo(3), action: 'tool.create', toolId: 'dt_a', toolName: 'a', actor: 'extension', success: true },
      { timestamp: daysAgo(3), action: 'create_tool', toolId: 'dt_a', toolName: 'a', success: true },
      { timestamp: daysAgo(3), action: 'tool.create', toolId: 'dt_b', toolName: 'b', actor: 'importer', success: true },
      ran('a'),
      { timestamp: daysAgo(2), action: 'tool.run', toolName: 'a', success: false },
      ran('b'),
    ];
    expect(answer(lines, 'usage').items).toEqual([
      { tool: 'a', runs: 2, failed: 1, created: 1, lastRunAt: daysAgo(2) },
      { tool: 'b', runs: 1, failed: 0, created: 1, lastRunAt: daysAgo(1) },
    ]);
  });
  test('looks only from an instant on', () => {
    const lines = [ran('old', { timestamp: daysAgo(9) }), ran('new'), ran('timeless', { timestamp: undefined })];
    expect(answer(lines, 'usage', { since: now - 2 * 86_400_000 }).items).toMatchObject([{ tool: 'new' }]);
  });
  test('has lines and bytes by age, those without a time apart', () => {
    const lines = [0.5, 3, 20, 60, 200, 900].map((days) => ran('a', { timestamp: daysAgo(days) }));
    const bytes = JSON.stringify(lines[0]).length + 1;
    const { items } = answer(
      [...lines, ran('a', { timestamp: '2026-11-24T09:00:00+09:00' }), ran('a', { timestamp: 'once' })],
      'ages',
    );
    expect(items).toMatchObject([
      { fromDays: 0, toDays: 1, lines: 1, bytes },
      { fromDays: 1, toDays: 7, lines: 2 },
      { fromDays: 7, toDays: 30, lines: 1 },
      { fromDays: 30, toDays: 90, lines: 1 },
      { fromDays: 90, toDays: 365, lines: 1 },
      { fromDays: 365, lines: 1 },
      { fromDays: -1, lines: 1 },
    ]);
  });
  test('stays small, however long its lines are', () => {
    const lines = Array.from({ length: 200 }, (_, n) => ran(`t${n}`, { success: false, error: 'あ'.repeat(160) }));
    const found = answer(lines, 'failures', { limit: 200 });
    expect(found.truncated).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(found))).toBeLessThan(16_000);
  });
  test('is the same for neighbouring ranges put together as for the whole', () => {
    const line = fc.record({
      timestamp: fc.constantFrom(daysAgo(0.1), daysAgo(8), daysAgo(100)),
      action: fc.constantFrom('tool.create', 'create_tool', 'run_dynamic_tool', 'tool.run', 'high_stakes_tool_creation'),
      toolName: fc.constantFrom('a', 'b', 'c'),
      actor: fc.constantFrom('extension', undefined),
      success: fc.boolean(),
      error: fc.constantFrom('timed out', 'no'),
    });
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 40 }),
        fc.nat(40),
        fc.constantFrom(...logQuestions),
        fc.integer({ min: 1, max: 5 }),
        (lines, cut, question, limit) => {
          const about = asked(question, { limit });
          const parts = putTogether(tallied(lines.slice(0, cut), about), tallied(lines.slice(cut), about), about);
          expect(answerOf(parts, about, 1)).toEqual(answerOf(tallied(lines, about), about, 1));
        },
      ),
    );
  });
});

describe('creations', () => {
  const noted = (action: string, seconds: number, more: object = {}) =>
    entry({
      timestamp: new Date(now + seconds * 1_000).toISOString(),
      action,
      toolId: 'dt_a',
      toolName: 'a',
      success: true,
      ...more,
    });
  test('become one again, in whatever order two writers noted them', () => {
    const twin = noted('tool.create', 0, { actor: 'extension' });
    const own = noted('create_tool', 1);
    for (const lines of [
      [twin, own],
      [own, twin],
    ]) {
      expect(creationsOf(lines)).toMatchObject([{ tool: 'a', actor: 'extension', highStakes: false }]);
    }
    expect(creationsOf([noted('high_stakes_tool_creation', 0), twin, own])).toMatchObject([{ highStakes: true }]);
  });
  test('stay two when a tool was made twice, or by the library alone', () => {
    expect(creationsOf([noted('create_tool', 0), noted('create_tool', 1)])).toHaveLength(2);
    expect(creationsOf([noted('create_tool', 0), noted('tool.create', 60, { actor: 'extension' })])).toHaveLength(2);
    expect(creationsOf([noted('tool.create', 0, { actor: 'cli' }), noted('create_tool', 1)])).toHaveLength(2);
  });
});
