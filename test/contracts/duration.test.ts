/** Durations as people write them: exactly these words, as milliseconds. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duration } from '../../contracts/duration.ts';

describe('a duration', () => {
  test.each([
    ['500ms', 500],
    ['0s', 0],
    ['30s', 30_000],
    ['15m', 900_000],
    ['4h', 14_400_000],
    ['30d', 2_592_000_000],
    ['999999d', 86_399_913_600_000],
  ])('%s is %d ms', (text, ms) => expect(duration.parse(text)).toBe(ms));
  test.each(['', '30', 's', '1.5h', '-5m', '5 m', '5M', '5min', '1000000s', '1h30m', ' 5m', '5m ', '5m\n', '５m'])(
    '%j is refused with an example of what fits',
    (wrong) => {
      const result = duration.safeParse(wrong);
      expect(result.error?.issues.map(({ message }) => message)).toEqual(['a duration such as 30s, 15m, 4h or 30d']);
    },
  );
  test('is text, never a bare number', () => {
    expect(duration.safeParse(30).success).toBe(false);
    expect(duration.safeParse(null).success).toBe(false);
  });
  test('of any size is a whole, safe number', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999 }), fc.constantFrom('ms', 's', 'm', 'h', 'd'), (count, unit) => {
        expect(Number.isSafeInteger(duration.parse(`${count}${unit}`))).toBe(true);
      }),
    );
  });
});
