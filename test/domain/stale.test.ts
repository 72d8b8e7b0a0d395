/** The memo that is read while no worker runs: everything a reader needs, nothing that is bulky. */
import { describe, expect, test } from 'vitest';
import { memoOf } from '../../domain/stale.ts';
import { longState, longStep, waitingForApproval } from '../support/recovery-state.ts';

const at = '2026-11-22T02:00:03.000Z';

describe('the memo of a recovery', () => {
  test('stays below 16 kB with twelve steps, long sentences, an open gate and a plan of a hundred changes', () => {
    const bytes = Buffer.byteLength(JSON.stringify(memoOf(longState(), at)));
    expect(Buffer.byteLength(JSON.stringify(longState()))).toBeGreaterThan(200_000);
    expect(bytes).toBeLessThan(16_000);
  });
  test('stays below 16 kB also where a step failed with a long story and many faults', () => {
    const { sentence } = longStep(1);
    const error = {
      code: 'invalid-input',
      sentence,
      errors: Array.from({ length: 99 }, () => ({ path: 'a', message: 'wrong' })),
    };
    const waitingFor = [{ ...waitingForApproval, kind: 'failed-step' as const, title: sentence, error }];
    const memo = memoOf(longState({ waitingFor }), at);
    expect(Buffer.byteLength(JSON.stringify(memo))).toBeLessThan(16_000);
    expect(memo.state.waitingFor[0]!.error).toMatchObject({ code: 'invalid-input' });
    expect(memo.state.waitingFor[0]!.error!.sentence.en).toHaveLength(160);
    expect(memo.state.waitingFor[0]!.title.ja).toHaveLength(160);
  });
  test('needs about 2 kB for the eight short steps of a usual recovery', () => {
    const sentence = { en: 'Wrote 12 file(s).', ja: '12 ファイルを書きました。' };
    const steps = Array.from({ length: 8 }, (_, n) => ({ ...longStep(n), name: 'restore', sentence }));
    expect(Buffer.byteLength(JSON.stringify(memoOf(longState({ steps, waitingFor: [] }), at)))).toBeLessThan(2_500);
  });
  test('keeps no evidence, no plan, no input and no schema', () => {
    const memo = JSON.stringify(memoOf(longState(), at));
    const bulk = ['evidence', '"plan"', '"input"', 'inputSchema', 'dt_1.json', 'a secret wish', 'schema words'];
    expect(bulk.filter((words) => memo.includes(words))).toEqual([]);
  });
  test('keeps who is asked for what until when', () => {
    const { plan: _plan, input: _input, inputSchema: _schema, ...waiting } = waitingForApproval;
    expect(memoOf(longState(), at).state.waitingFor).toEqual([waiting]);
    const error = { code: 'no-backup', sentence: { en: 'None.', ja: 'なし。' } };
    const failed = memoOf(longState({ waitingFor: [{ ...waiting, error }] }), at);
    expect(failed.state.waitingFor).toEqual([{ ...waiting, error }]);
  });
  test('cuts a sentence at 160 characters and says so with an ellipsis, in both languages', () => {
    const { sentence } = memoOf(longState(), at).state.steps[0]!;
    for (const words of [sentence.en, sentence.ja]) {
      expect(words).toHaveLength(160);
      expect(words.endsWith('…')).toBe(true);
    }
  });
  test('leaves everything else as it is, and says when it was known', () => {
    const short = longState({ steps: [], waitingFor: [] });
    expect(memoOf(short, at)).toEqual({ at, state: short });
    const { evidence: _, ...step } = longStep(1);
    const plain = { ...step, sentence: { en: 'Done.', ja: '完了。' } };
    expect(memoOf(longState({ steps: [{ ...plain, evidence: {} }] }), at).state.steps).toEqual([plain]);
  });
});
