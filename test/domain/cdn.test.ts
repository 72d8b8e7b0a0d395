/** What a user gets through a CDN says one side, or nothing. */
import { expect, test } from 'vitest';
import { bodyOfPurge, judgeSide, type Fetched } from '../../domain/cdn.ts';

const url = 'https://www.example.jp/health';
const expected = { home: 'by home', dr: 'by dr' };
const got = (text: string, status = 200): Fetched => ({ reached: true, status, headers: { 'x-side': 'by dr' }, text });
const said = (fetched: Fetched, header?: string) => judgeSide(fetched, { url, header, expect: expected }, 'dr');

test.each<[string, Fetched, boolean, string]>([
  ['the side that is wanted', got('served by dr'), true, 'answers from dr.'],
  ['another one', got('served by home'), false, 'still answers from home.'],
  ['both', got('by home, by dr'), false, 'does not say which side it comes from (200).'],
  ['an error page of the right side', got('by dr', 503), false, 'does not say which side it comes from (503).'],
  ['nobody', { reached: false, why: 'refused' }, false, 'does not say which side it comes from (refused).'],
])('%s', (_, fetched, isEverywhere, sentence) => {
  expect(said(fetched)).toMatchObject({ isEverywhere, sentence: { en: `${url} ${sentence}` } });
});

test('a header may say it, in whatever letters its name is', () => {
  expect(said(got('by home'), 'X-Side').isEverywhere).toBe(true);
  expect(said({ reached: true, status: 200, headers: {}, text: 'by dr' }, 'X-Side').isEverywhere).toBe(false);
});

test('the same purge is the same words', () => {
  const purge = { recovery: 'recovery/names/1', target: 'names', zone: 'a.test.', side: 'dr', turn: '1' };
  expect(JSON.parse(bodyOfPurge(purge))).toEqual({
    ...{ event: 'recovery/names/1/names/purge/1', occasion: 'purge', recovery: 'recovery/names/1' },
    ...{ target: 'names', zone: 'a.test.', side: 'dr' },
  });
});
