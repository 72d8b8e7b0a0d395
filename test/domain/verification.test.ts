/** A verification told in one sentence: how many checks passed, and every one that did not. */
import { expect, test } from 'vitest';
import { summarizeChecks, type Check } from '../../domain/verification.ts';

const check = (id: string, ok: boolean): Check => ({ id, ok, sentence: { en: `${id} looked at.`, ja: `${id} を確認。` } });

test('all checks passed', () => {
  expect(summarizeChecks([check('count', true), check('json', true)])).toEqual({
    en: '2 checks passed.',
    ja: '2 項目すべて合格。',
  });
});
test('every failed check is named, and no other', () => {
  expect(summarizeChecks([check('count', false), check('json', true), check('ids', false)])).toEqual({
    en: '2 of 3 checks failed: count looked at. ids looked at.',
    ja: '3 項目中 2 項目が不合格: count を確認。 ids を確認。',
  });
});
