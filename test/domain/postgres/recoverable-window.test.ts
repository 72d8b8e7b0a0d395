/** Which moments can be reached: from the oldest backup whose log has no hole to the last archived commit. */
import { describe, expect, test } from 'vitest';
import { fileAt, fileBefore, logFrom, reachableFrom } from '../../../domain/postgres/log-files.ts';
import {
  backupFor,
  canRestoreTo,
  reachOf,
  recoverableWindow,
  type WindowBackup,
} from '../../../domain/postgres/recoverable-window.ts';
import { historyOf, onLine } from '../../../domain/postgres/timeline-line.ts';
import { isWellFormed, type RecoveryGoal } from '../../../domain/postgres/recovery-goal.ts';

const fileBytes = 16 * 1024 * 1024;
const file = (n: number, timeline = 1): string =>
  fileAt(timeline, `${Math.floor(n / 256).toString(16)}/${((n % 256) * fileBytes).toString(16)}`, fileBytes);
const files = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, index) => file(from + index));
const backup = (id: string, n: number, hour: number): WindowBackup => ({
  id,
  startFile: file(n),
  stop: { at: `2026-11-22T${String(hour).padStart(2, '0')}:00:00.000Z`, position: `0/${n.toString(16).toUpperCase()}000100` },
});

describe('the line that leads to the newest timeline', () => {
  const histories = ['00000002.history', '00000003.history', '00000004.history'];
  // 2 left 1 in its file 5, and 4 left 2 in its file 7; 3 left 1 at the beginning of its file 9, and went on to 12.
  const names = [
    ...files(2, 10),
    ...[5, 6, 7, 8].map((n) => file(n, 2)),
    ...[9, 10, 11, 12].map((n) => file(n, 3)),
    ...[7, 8].map((n) => file(n, 4)),
    ...['000000010000000000000005.partial', ...histories],
  ];

  test('has of each only what was written before it was left', () => {
    expect(historyOf(names)).toBe('00000004.history');
    const line = onLine(names, '00000004.history', '1\t0/5000028\tbefore 1\n\n2\t0/7ABCDEF\tno recovery target\n', fileBytes);
    expect(line).toEqual([...files(2, 4), file(5, 2), file(6, 2), file(7, 4), file(8, 4), ...histories]);
    expect(reachableFrom(line, file(2), fileBytes)).toBe(file(8, 4));
    const third = names.filter((name) => !name.startsWith('00000004'));
    const whole = onLine(third, '00000003.history', '1\t0/9000000\tat restore point "x"\n', fileBytes);
    expect(whole.filter((name) => !histories.includes(name))).toEqual([
      ...files(2, 8),
      ...[9, 10, 11, 12].map((n) => file(n, 3)),
    ]);
  });

  test('is not told where there is one timeline alone, or a newer one without a history', () => {
    expect(historyOf(files(2, 4))).toBeUndefined();
    expect(historyOf([...files(2, 4), '00000002.history', file(5, 3)])).toBeUndefined();
  });
});

describe('files of the log', () => {
  test('are named by timeline and place, over the end of a counter too', () => {
    expect(file(2)).toBe('000000010000000000000002');
    expect(file(255)).toBe('0000000100000000000000FF');
    expect(file(256)).toBe('000000010000000100000000');
    expect(fileBefore(file(256), fileBytes)).toBe(file(255));
    expect(fileBefore(file(1), fileBytes)).toBeUndefined();
  });

  test('are reached until a hole, over the end of a counter, and on a later timeline', () => {
    expect(reachableFrom(files(254, 258), file(254), fileBytes)).toBe(file(258));
    expect(reachableFrom([...files(2, 4), ...files(6, 9)], file(2), fileBytes)).toBe(file(4));
    expect(reachableFrom([...files(2, 4), file(4, 2), file(5, 2)], file(2), fileBytes)).toBe(file(5, 2));
    expect(reachableFrom(files(3, 5), file(2), fileBytes)).toBeUndefined();
  });

  test('that a restore needs are those from its start on, with every history', () => {
    const names = [...files(1, 4), '00000002.history', 'x.partial', '000000010000000000000002.00000028.backup'];
    expect(logFrom(names, file(3))).toEqual(['00000002.history', file(3), file(4)]);
  });
});

const [old, middle, young] = [backup('old', 2, 1), backup('middle', 5, 2), backup('young', 8, 3)];
const lastCommit = { at: '2026-11-22T03:30:00.000Z', position: '0/A000050' };
const reach = (names: string[]) => reachOf([young, old, middle], { files: names, fileBytes });

describe('the window', () => {
  test('goes from the end of the oldest backup to the last archived commit', () => {
    const found = reach(files(2, 10))!;
    expect(found).toEqual({ newest: file(10), backups: [old, middle, young] });
    expect(recoverableWindow(found, lastCommit)).toEqual({ from: old.stop, until: lastCommit });
  });

  test('begins behind a hole in the log', () => {
    expect(reach([...files(2, 3), ...files(5, 10)])?.backups).toEqual([middle, young]);
  });

  test('ends where the log does, though a backup began later', () => {
    expect(reach(files(2, 6))).toEqual({ newest: file(6), backups: [old, middle] });
  });

  test('is none without log, without backups, or without a commit behind them', () => {
    expect(reachOf([old], undefined)).toBeUndefined();
    expect(reachOf([], { files: files(2, 4), fileBytes })).toBeUndefined();
    expect(recoverableWindow(reach(files(2, 10))!, undefined)).toBeUndefined();
    expect(recoverableWindow(reach(files(2, 10))!, { ...lastCommit, at: old.stop.at })).toBeUndefined();
  });
});

describe('a goal', () => {
  const window = { from: old.stop, until: lastCommit };
  const cases: [RecoveryGoal, boolean, string | undefined][] = [
    [{ kind: 'time', at: '2026-11-22T00:59:59.999Z' }, false, undefined],
    [{ kind: 'time', at: '2026-11-22T10:00:00+09:00' }, true, 'old'],
    [{ kind: 'time', at: '2026-11-22T02:59:59.999Z' }, true, 'middle'],
    [{ kind: 'time', at: '2026-11-22T03:29:59.999Z' }, true, 'young'],
    [{ kind: 'time', at: '2026-11-22T03:30:00.000Z' }, false, undefined],
    [{ kind: 'lsn', lsn: '0/20000FF' }, false, undefined],
    [{ kind: 'lsn', lsn: '0/5000100' }, true, 'middle'],
    [{ kind: 'lsn', lsn: '0/A000051' }, false, undefined],
    [{ kind: 'xid', xid: '740' }, true, 'old'],
    [{ kind: 'name', name: 'before the release' }, true, 'old'],
    [{ kind: 'latest' }, true, 'young'],
    [{ kind: 'immediate' }, true, 'young'],
  ];
  test.each(cases)('%o: %s, by %s', (goal, ok, by) => {
    const verdict = canRestoreTo(goal, window);
    expect(verdict.ok).toBe(ok);
    if (goal.kind !== 'immediate') {
      for (const text of [verdict.sentence.en, verdict.sentence.ja]) {
        expect(text).toContain(old.stop.at);
        expect(text).toContain(lastCommit.at);
      }
    }
    if (ok) expect(backupFor(goal, reach(files(2, 10))!)?.id).toBe(by);
  });

  test('without a window only a backup by itself can be had', () => {
    expect(canRestoreTo({ kind: 'latest' }, undefined)).toMatchObject({ ok: false });
    expect(canRestoreTo({ kind: 'immediate' }, undefined)).toMatchObject({ ok: true });
  });

  test('that would end a quotation or a line is none', () => {
    const bad: RecoveryGoal[] = [
      { kind: 'name', name: "x'; y" },
      { kind: 'name', name: 'a\nb' },
      { kind: 'name', name: '' },
      { kind: 'time', at: '2026-11-22 10:00' },
      { kind: 'xid', xid: '7 or 8' },
      { kind: 'lsn', lsn: '0/' },
    ];
    expect(bad.filter(isWellFormed)).toEqual([]);
    expect(cases.filter(([goal]) => !isWellFormed(goal))).toEqual([]);
  });
});
