/** The ledger as the Temporal UI shows it: what it waits for on top, then a table that no sentence can break. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderDetails } from '../../domain/details.ts';
import type { Step } from '../../domain/recovery.ts';
import { longState, longStep, waitingForApproval } from '../support/recovery-state.ts';

const step = (more: Partial<Step>): Step => ({ ...longStep(1), sentence: { en: 'Done.', ja: '完了。' }, ...more });

describe('current details', () => {
  test('show what it waits for first, then the status, then one row a step', () => {
    const state = longState({
      steps: [
        step({ name: 'protect', sentence: { en: 'Copied 12 files.', ja: '12 件を複製。' } }),
        step({ name: 'set', path: 'first', outcome: 'waiting', sentence: { en: 'Asked.', ja: '依頼済み。' } }),
      ],
    });
    expect(renderDetails(state, 'en').split('\n')).toEqual([
      '**Waits for: restore** Overwrite 50 tools.',
      '',
      '**waiting for people**',
      '',
      '| step | outcome | what happened |',
      '|---|---|---|',
      '| protect | done | Copied 12 files. |',
      '| first / set | waiting | Asked. |',
    ]);
    expect(renderDetails(state, 'ja').split('\n')).toEqual([
      '**待ち: restore** ツール 50 件を上書き。',
      '',
      '**人の判断待ち**',
      '',
      '| 手順 | 結果 | 内容 |',
      '|---|---|---|',
      '| protect | 完了 | 12 件を複製。 |',
      '| first / set | 待機 | 依頼済み。 |',
    ]);
  });
  test('name every gate that is open, each in a paragraph of its own', () => {
    const waitingFor = ['check:one', 'check:two'].map((gate) => ({ ...waitingForApproval, gate }));
    const lines = renderDetails(longState({ waitingFor }), 'en').split('\n');
    expect(lines.slice(0, 5)).toEqual([
      expect.stringContaining('check:one'),
      '',
      expect.stringContaining('check:two'),
      '',
      '**waiting for people**',
    ]);
  });
  test('say nothing of waiting where it does not', () => {
    expect(renderDetails(longState({ waitingFor: [], status: 'running' }), 'en')).toMatch(/^\*\*running\*\*\n/);
  });
  test('cut a sentence that goes on and on', () => {
    const row = renderDetails(longState(), 'en').split('\n').at(-1)!;
    expect(row.length).toBeLessThan(350);
  });
  test('keep three cells a row and one row a step, whatever the words: pipes are escaped, line ends become spaces', () => {
    const words = fc.oneof(fc.string(), fc.stringMatching(/^[a|\n ]*$/));
    fc.assert(
      fc.property(words, words, fc.constantFrom('en' as const, 'ja' as const), (name, sentence, locale) => {
        const state = longState({ steps: [step({ name, sentence: { en: sentence, ja: sentence } }), step({ name: 'last' })] });
        const rows = renderDetails(state, locale).split('\n').slice(6);
        expect(rows).toHaveLength(2);
        for (const row of rows) expect(row.replaceAll('\\|', '').split('|')).toHaveLength(5);
      }),
      { numRuns: 300 },
    );
  });
});
