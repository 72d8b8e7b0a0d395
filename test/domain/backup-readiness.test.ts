/** Readiness of backups, as a table: each drift has its finding, a clean bed has none. */
import { describe, expect, test } from 'vitest';
import type { Backup } from '../../domain/backup.ts';
import { backupFindings, failedRunFindings, type ScheduledRun } from '../../domain/backup-readiness.ts';

const now = Date.parse('2026-11-22T12:00:00.000Z');
const hour = 3_600_000;
const expected = { everyMs: hour, rpoMs: hour };
const backup = (hoursAgo: number, status: Backup['status'] = 'verified'): Backup => ({
  id: `b${hoursAgo}`,
  target: 'tools',
  kind: 'incremental',
  source: 'okiagari',
  status,
  startedAt: new Date(now - hoursAgo * hour).toISOString(),
  bytes: 1,
  files: 1,
  counts: {},
  repositories: ['local'],
  held: false,
});
const found = (backups: readonly Backup[], more = {}): string[] =>
  backupFindings(backups, { ...expected, ...more }, now).map(({ en }) => en);

describe('the backups of a target', () => {
  test('that come in time and are verified are no finding', () => {
    expect(found([backup(1), backup(2)])).toEqual([]);
  });
  test('that are not there are one', () => {
    expect(found([])).toEqual(['There is no backup.']);
    expect(found([backup(0.1, 'failed')])).toEqual(['There is no backup.']);
  });
  test('of which one was missed are, with its age and the rhythm', () => {
    expect(found([backup(3)], { rpoMs: 24 * hour })).toEqual([
      'A backup was missed: the newest is 3 h old, one is due every 60 min.',
    ]);
  });
  test('of which none passed a test are', () => {
    expect(found([backup(0.5, 'complete'), backup(1, 'suspect')])).toEqual(['No backup has passed a restore test.']);
  });
  test('whose newest verified one is older than the RPO are, however new the others', () => {
    expect(found([backup(0.5, 'complete'), backup(0.6, 'suspect'), backup(50)])).toEqual([
      'The newest verified backup is 2 d old; no more than 60 min may be lost (RPO).',
    ]);
  });
  test('of a target without schedules and RPO are never late', () => {
    expect(found([backup(9_999)], { everyMs: undefined, rpoMs: undefined })).toEqual([]);
  });
});

test('a schedule is found failing by its last run that is over', () => {
  const run = (schedule: string, hoursAgo: number, state: ScheduledRun['state']): ScheduledRun => ({
    schedule,
    startedAt: new Date(now - hoursAgo * hour).toISOString(),
    state,
  });
  const runs = [
    run('schedule/tools/full', 2, 'broken'),
    run('schedule/tools/full', 1, 'running'),
    run('schedule/tools/test', 2, 'broken'),
    run('schedule/tools/test', 1, 'completed'),
  ];
  expect(failedRunFindings(runs).map(({ en }) => en)).toEqual([
    'schedule/tools/full failed at its last run (2026-11-22T10:00:00.000Z).',
  ]);
});
