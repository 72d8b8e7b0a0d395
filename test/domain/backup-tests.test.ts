/** Which backups a scheduled restore test takes. */
import { expect, test } from 'vitest';
import type { Backup } from '../../domain/backup.ts';
import { backupsToTest } from '../../domain/backup-tests.ts';

const backup = (day: number, more: Partial<Backup> = {}): Backup => ({
  id: `b${String(day).padStart(2, '0')}`,
  target: 'tools',
  kind: 'full',
  source: 'okiagari',
  status: 'complete',
  startedAt: new Date(Date.UTC(2026, 0, day)).toISOString(),
  bytes: 1,
  files: 1,
  counts: {},
  repositories: ['local'],
  held: false,
  ...more,
});
const ten = Array.from({ length: 10 }, (_, n) => backup(n + 1));

test('the newest and one older, the same for the same run', () => {
  const chosen = backupsToTest(ten, 'run-1');
  expect(chosen[0]).toBe('b10');
  expect(chosen).toHaveLength(2);
  expect(backupsToTest(ten.toReversed(), 'run-1')).toEqual(chosen);
});

test('over many runs every older one has its turn, and the newest is never drawn twice', () => {
  const drawn = new Set(Array.from({ length: 300 }, (_, n) => backupsToTest(ten, `run-${n}`)[1]!));
  expect([...drawn].toSorted()).toEqual(ten.slice(0, 9).map(({ id }) => id));
});

test('what is not whole yet, and what scripts left, is left out; with one there is one, with none none', () => {
  const others = [backup(20, { status: 'running' }), backup(21, { source: 'script' })];
  expect(backupsToTest([...others, backup(1)], 'x')).toEqual(['b01']);
  expect(backupsToTest(others, 'x')).toEqual([]);
});
