/** A proof that fails is looked at once more before anybody is asked. */
import { expect, test } from 'vitest';
import { lookTwice } from '../../../activities/postgres/look-twice.ts';
import type { Check } from '../../../domain/verification.ts';

const saw = (ok: boolean): Check => ({ id: 'a', ok, sentence: { en: `${ok}`, ja: `${ok}` } });

test.each([
  ['proven at once', [[saw(true)]], true, 1],
  ['proven the second time', [[saw(true), saw(false)], [saw(true)]], true, 2],
  ['not proven twice', [[saw(false)], [saw(false)], [saw(true)]], false, 2],
])('%s', async (_what, answers, ok, looks) => {
  const left = [...answers];
  const checks = await lookTwice(() => Promise.resolve(left.shift()!));
  expect(checks.every((check) => check.ok)).toBe(ok);
  expect(answers.length - left.length).toBe(looks);
});
