/** Which instant a person means: every notation of the same one, and every reason to refuse. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseInstant } from '../../../domain/instants/parse-instant.ts';

/** The instant, or why there is none. */
const read = (text: string, timezone = 'Asia/Tokyo'): string => {
  const parsed = parseInstant(text, timezone);
  expect(parsed.sentence.ja).toMatch(/[ぁ-んァ-ン一-龠]/);
  return parsed.ok ? parsed.at : parsed.sentence.en;
};

describe('understood', () => {
  test.each([
    ['2024-01-20 14:30:00 JST', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20 14:30:00+09:00', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20T14:30:00+0900', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20 14:30:00+09', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20T05:30:00Z', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20t05:30:00z', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20 05:30 UTC', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20 05:30:00 GMT', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20 14:30:00 Asia/Tokyo', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20T14:30:00[Asia/Tokyo]', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20 14:30:00 (asia/tokyo)', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20T14:30:00+09:00[Asia/Tokyo]', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20T05:30:00Z[Asia/Tokyo]', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20 14:30:00 +09:00 JST', '2024-01-20T05:30:00.000000Z'],
    ['  2024-01-20  14:30:00  JST ', '2024-01-20T05:30:00.000000Z'],
    ['２０２４-０１-２０　１４：３０：００　ＪＳＴ', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-19 22:30:00−07:00', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20T11:15:00+05:45', '2024-01-20T05:30:00.000000Z'],
    ['2024-01-20T14:30:00.5+09:00', '2024-01-20T05:30:00.500000Z'],
    ['2024-01-20T14:30:00,123456+09:00', '2024-01-20T05:30:00.123456Z'],
    ['2024-01-01 00:00:00 JST', '2023-12-31T15:00:00.000000Z'],
    ['2024-02-29 12:00:00 Z', '2024-02-29T12:00:00.000000Z'],
    ['2024-07-01 12:00:00 Europe/Berlin', '2024-07-01T10:00:00.000000Z'],
    ['2024-01-01 12:00:00 Europe/Berlin', '2024-01-01T11:00:00.000000Z'],
    // Either side of both changes of the clocks, and both readings of the hour that comes twice.
    ['2024-03-31 01:59:59.999999 Europe/Berlin', '2024-03-31T00:59:59.999999Z'],
    ['2024-03-31 03:00:00 Europe/Berlin', '2024-03-31T01:00:00.000000Z'],
    ['2024-10-27 01:59:59 Europe/Berlin', '2024-10-26T23:59:59.000000Z'],
    ['2024-10-27 03:00:00 Europe/Berlin', '2024-10-27T02:00:00.000000Z'],
    ['2024-10-27T02:30:00+02:00[Europe/Berlin]', '2024-10-27T00:30:00.000000Z'],
    ['2024-10-27T02:30:00+01:00[Europe/Berlin]', '2024-10-27T01:30:00.000000Z'],
    ['2024-10-06 03:00:00 Australia/Lord_Howe', '2024-10-05T16:00:00.000000Z'],
  ])('%s', (text, at) => {
    expect(read(text)).toBe(at);
  });

  test('is told as it was understood', () => {
    expect(parseInstant('2024-01-20 14:30:00 JST', 'Asia/Tokyo').sentence).toEqual({
      en: '2024-01-20 14:30:00 JST is 2024-01-20T05:30:00.000000Z.',
      ja: '2024-01-20 14:30:00 JST は UTC の 2024-01-20T05:30:00.000000Z です。',
    });
  });
});

describe('refused with the reason', () => {
  test.each([
    ['2024-02-30 12:00:00 JST', 'There is no 2024-02-30 in the calendar.'],
    ['2023-02-29 12:00:00 JST', 'There is no 2023-02-29 in the calendar.'],
    ['2024-13-01 12:00:00 JST', 'There is no 2024-13-01 in the calendar.'],
    ['2024-00-01 12:00:00 JST', 'There is no 2024-00-01 in the calendar.'],
    ['0024-01-20 12:00:00 JST', '0024-01-20 is not between 1970 and 2099.'],
    ['2024-01-20 25:00 JST', 'No clock shows 25:00:00: a day goes from 00:00:00 to 23:59:59.'],
    ['2024-01-20 24:00:00 JST', 'No clock shows 24:00:00: a day goes from 00:00:00 to 23:59:59.'],
    ['2024-01-20 14:60:00 JST', 'No clock shows 14:60:00: a day goes from 00:00:00 to 23:59:59.'],
    ['2016-12-31 23:59:60 Z', 'No clock shows 23:59:60: a day goes from 00:00:00 to 23:59:59.'],
    [
      '2024-01-20 14:30:00.1234567 JST',
      '.1234567 is finer than microseconds, which PostgreSQL counts in: write six digits at most.',
    ],
    ['2024-01-20 14:30:00+15:00', 'No place on earth has the offset +15:00.'],
    ['2024-01-20 14:30:00+09:60', 'No place on earth has the offset +09:60.'],
    [
      '2024-03-31 02:30:00 Europe/Berlin',
      '2024-03-31 02:30:00 does not exist in Europe/Berlin: the clocks were put forward over it, from +01:00 to +02:00. Write the time with an offset.',
    ],
    [
      '2011-12-30 12:00:00 Pacific/Apia',
      '2011-12-30 12:00:00 does not exist in Pacific/Apia: the clocks were put forward over it, from -10:00 to +14:00. Write the time with an offset.',
    ],
    [
      '2024-10-27 02:30:00.25 Europe/Berlin',
      '2024-10-27 02:30:00.25 came twice in Europe/Berlin, because the clocks were put back: 2024-10-27T00:30:00.250000Z (+02:00) or 2024-10-27T01:30:00.250000Z (+01:00)? Write the time with its offset.',
    ],
    [
      '2024-01-20T14:30:00+01:00[Asia/Tokyo]',
      '+01:00 and Asia/Tokyo contradict each other: the clocks of Asia/Tokyo stood at +09:00 then. Write one of them.',
    ],
    [
      '2024-01-20T14:30:00Z JST',
      '+00:00 and JST contradict each other: the clocks of JST stood at +09:00 then. Write one of them.',
    ],
    [
      '2024-01-20 14:30:00 CST',
      'CST means several zones: US Central -06:00, Cuba -05:00, China +08:00. Write the offset, or a name such as Asia/Tokyo.',
    ],
    [
      '2024-01-20 14:30:00 bst',
      'bst means several zones: British Summer +01:00, Bangladesh +06:00, Bougainville +11:00. Write the offset, or a name such as Asia/Tokyo.',
    ],
    [
      '2024-01-20 14:30:00 Asia/Tokio',
      'Asia/Tokio is no time zone that is known here. Write an offset such as +09:00, Z, or a name such as Asia/Tokyo.',
    ],
    [
      '2024-01-20 14:30:00 GMT+9',
      'GMT+9 is no time zone that is known here. Write an offset such as +09:00, Z, or a name such as Asia/Tokyo.',
    ],
    ['2024-01-20 14:30:00 +9', '"+9" is no time zone. Write an offset such as +09:00, Z, or a name such as Asia/Tokyo.'],
    ['yesterday', '"yesterday" is no date with a time. Write it such as 2024-01-20 14:30:00 JST or 2024-01-20T14:30:00+09:00.'],
    [
      '2024-01-20 JST',
      '"2024-01-20 JST" is no date with a time. Write it such as 2024-01-20 14:30:00 JST or 2024-01-20T14:30:00+09:00.',
    ],
  ])('%s', (text, reason) => {
    expect(read(text)).toBe(reason);
  });

  test('no zone: the two readings are named and none is taken', () => {
    expect(read('2024-01-20 14:30:00')).toBe(
      '2024-01-20 14:30:00 names no time zone: in Asia/Tokyo it is 2024-01-20T05:30:00.000000Z, in UTC it is 2024-01-20T14:30:00.000000Z. Write which one is meant.',
    );
    expect(read('2024-01-20 14:30:00', 'UTC')).toBe(
      '2024-01-20 14:30:00 names no time zone: in UTC it is 2024-01-20T14:30:00.000000Z. Write which one is meant.',
    );
  });
});

const places = ['Asia/Tokyo', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'];
/** What the clocks of a place show, by another way than the one that is tested. */
function clockOf(zone: string, ms: number): { readonly local: string; readonly offset: string } {
  const local = new Date(ms).toLocaleString('sv-SE', { timeZone: zone });
  const minutes = Math.round((Date.parse(`${local.replace(' ', 'T')}Z`) - Math.floor(ms / 1_000) * 1_000) / 60_000);
  const two = (value: number): string => String(Math.floor(Math.abs(value))).padStart(2, '0');
  return { local, offset: `${minutes < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}` };
}
const moments = fc.record({
  ms: fc.integer({ min: Date.UTC(1972, 6, 1) / 1_000, max: Date.UTC(2037, 0, 1) / 1_000 }).map((seconds) => seconds * 1_000),
  micros: fc.integer({ min: 0, max: 999_999 }).map((micros) => String(micros).padStart(6, '0')),
  zone: fc.constantFrom(...places),
});

test('five notations of one instant are the same one', () => {
  fc.assert(
    fc.property(moments, ({ ms, micros, zone }) => {
      const tokyo = clockOf('Asia/Tokyo', ms).local;
      const { local, offset } = clockOf(zone, ms);
      const at = `${new Date(ms).toISOString().slice(0, 19)}.${micros}Z`;
      const notations = [
        `${tokyo}.${micros} JST`,
        `${tokyo.replace(' ', 'T')}.${micros}+0900`,
        at,
        `${local}.${micros}${offset}`,
        `${local.replace(' ', 'T')}.${micros}${offset}[${zone}]`,
      ];
      expect(notations.map((text) => read(text))).toEqual(Array(5).fill(at));
    }),
  );
});

test('a named zone gives the instant back, or says that the clocks showed it twice', () => {
  fc.assert(
    fc.property(moments, ({ ms, zone }) => {
      const at = `${new Date(ms).toISOString().slice(0, 19)}.000000Z`;
      const found = read(`${clockOf(zone, ms).local} ${zone}`);
      if (found !== at) expect(found).toContain('came twice');
      expect(found).toContain(at);
    }),
  );
});

test('no text is anything but an instant or a refusal', () => {
  const pieces = fc.constantFrom('2024', '-', '01', ' ', 'T', ':', '30', '.', 'Z', '+', '[', ']', 'JST', 'Asia/Tokyo', '(', 'x');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((some) => some.join('')),
      ),
      (text) => {
        const parsed = parseInstant(text, 'Asia/Tokyo');
        if (parsed.ok) expect(new Date(parsed.at).getTime()).not.toBeNaN();
        expect(parsed.sentence.en).not.toBe('');
      },
    ),
    { numRuns: 1_000 },
  );
});
