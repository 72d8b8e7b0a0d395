/** In which file of the log a position lies. */
import { expect, test } from 'vitest';
import { fileEndingAt, fileOfLog } from '../../../domain/postgres/log-file.ts';

test.each([
  [1, '0/3000148', 16_777_216, '000000010000000000000003'],
  [2, '1/FF000000', 16_777_216, '0000000200000001000000FF'],
  [10, '1/40000000', 1_073_741_824, '0000000A0000000100000001'],
])('the log of timeline %i at %s, in files of %i bytes, is in %s', (timeline, position, bytes, name) => {
  expect(fileOfLog(timeline, position, bytes)).toBe(name);
});

test('a file ends right before a position only where the next one begins', () => {
  const bytes = 16 * 1024 * 1024;
  expect(fileEndingAt(2, '1/0', bytes)).toBe('0000000200000000000000FF');
  expect(fileEndingAt(2, '0/3000000', bytes)).toBe('000000020000000000000002');
  expect([fileEndingAt(2, '0/3000028', bytes), fileEndingAt(2, '0/0', bytes)]).toEqual([undefined, undefined]);
});
