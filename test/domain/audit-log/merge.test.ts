/** What two logs have of one moment: as often as the one that has it more often, and never more. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareMoment, mergeLine } from '../../../domain/audit-log/merge.ts';
import { damagedLines, logFindings } from '../../../domain/audit-log/log-symptoms.ts';
import { broughtOver, withMerged, without, writtenPart } from '../../../domain/audit-log/swap.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 });
const countOf = (texts: readonly string[], text: string): number => texts.filter((one) => one === text).length;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('one moment of two logs', () => {
  test('has each line as often as the log that has it more often', () => {
    fc.assert(
      fc.property(lines, lines, (backup, live) => {
        const { onlyBackup, onlyLive, both } = compareMoment(backup, live);
        expect(onlyBackup.length + both).toBe(backup.length);
        expect(onlyLive.length + both).toBe(live.length);
        const merged = [...backup, ...onlyLive.map((at) => live[at]!)];
        for (const text of ['a', 'b', 'c', 'd']) {
          expect(countOf(merged, text)).toBe(Math.max(countOf(backup, text), countOf(live, text)));
        }
      }),
    );
  });

  test('is told by the time of a record; some have none, or no id', () => {
    expect(mergeLine('{"id":"x","timestamp":"1970-01-01T00:00:01.000Z"}')).toMatchObject({ time: 1_000, id: 'x' });
    expect(mergeLine('{"id":7,"timestamp":"no time"}')).toEqual({ text: '{"id":7,"timestamp":"no time"}', time: -Infinity });
  });
});

describe('what a replacement remembers', () => {
  const piece = (from: number, to: number, at: number) => ({ from, to, at, bytes: to - from });

  test('pieces that follow each other on both sides are one', () => {
    const merged = withMerged(withMerged([], piece(10, 20, 100)), piece(20, 30, 110));
    expect(merged).toEqual([piece(10, 30, 100)]);
    expect(withMerged(merged, piece(30, 40, 500))).toEqual([piece(10, 30, 100), piece(30, 40, 500)]);
    expect(broughtOver({ version: 1, old: 'a', next: 'b', keepAs: 'k', consumed: 10, merged, settled: false })).toBe(30);
  });

  test('bytes that came from the old file are left out by their place, wherever the cut is', () => {
    const text = '0123456789abcdefghij';
    const merged = [piece(0, 3, 4), piece(3, 5, 12)];
    const wanted = '0123789abefghij';
    for (let cut = 0; cut <= text.length; cut++) {
      const parts = [without(bytesOf(text.slice(0, cut)), 0, merged), without(bytesOf(text.slice(cut)), cut, merged)];
      expect(Buffer.concat(parts).toString()).toBe(wanted);
    }
  });

  test('an append that was cut short is found by its whole lines', async () => {
    const bytes = bytesOf('one\ntwo\nthree\n');
    for (const [there, part] of [
      ['', 0],
      ['on', 0],
      ['one\ntw', 4],
      ['one\ntwo\nthree\n', 14],
    ] as const) {
      const isThere = async (beginning: Uint8Array) => there.includes(Buffer.from(beginning).toString());
      expect(await writtenPart(bytes, isThere)).toBe(part);
    }
  });
});

test('a short look counts damaged lines that are whole in it', () => {
  expect(damagedLines(bytesOf('bad\n{"a":1}\nbad'), true)).toBe(1);
  expect(damagedLines(bytesOf('cut off"}\n{"a":1}\nbad\n'), false)).toBe(1);
  expect(damagedLines(bytesOf('no line ends here'), true)).toBe(0);
  expect(logFindings(0)).toEqual({ symptoms: [], suggests: [] });
  expect(logFindings(2).suggests).toMatchObject([{ scenario: 'audit-log-corruption' }]);
});
