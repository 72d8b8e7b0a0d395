/** Which backup comes first, and which ones may hold the damage. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backupStatus, type Backup } from '../../../domain/backup.ts';
import { alternativesTo, lostMs, orderCandidates } from '../../../domain/tool-store/backup-choice.ts';
import { toolMeasures } from '../../../domain/tool-store/tool-measures.ts';
import { whySuspect } from '../../../domain/why-suspect.ts';

const backup = (day: number, change: Partial<Backup> = {}): Backup => ({
  id: `b${day}`,
  target: 'tools',
  kind: 'full',
  source: 'okiagari',
  status: 'verified',
  startedAt: `2026-11-${String(day).padStart(2, '0')}T02:00:00.000Z`,
  finishedAt: `2026-11-${String(day).padStart(2, '0')}T02:05:00.000Z`,
  bytes: 1,
  files: 1,
  counts: { tools: 10 },
  repositories: ['local'],
  held: false,
  ...change,
});
const order = (backups: Backup[], brokenSince?: string): [string, boolean][] =>
  orderCandidates(backups, brokenSince).map((one) => [one.backup.id, one.suspect]);

test('the newest first; suspicious ones after all others; failed ones last', () => {
  const all = [
    backup(3),
    backup(9, { status: 'suspect' }),
    backup(7),
    backup(8, { status: 'failed' }),
    backup(5, { status: 'complete' }),
  ];
  expect(order(all)).toEqual([
    ['b7', false],
    ['b5', false],
    ['b3', false],
    ['b9', true],
    ['b8', false],
  ]);
});

test('what was finished after the damage began is flagged and comes after', () => {
  const all = [backup(3), backup(5), backup(7)];
  expect(order(all, '2026-11-05T02:04:00Z')).toEqual([
    ['b3', false],
    ['b7', true],
    ['b5', true],
  ]);
  expect(order(all, '2026-11-05T11:06:00+09:00')[0]).toEqual(['b5', false]);
});

test('whatever there is, nothing suspicious comes before something that is not, and nothing gets lost', () => {
  const any = fc.array(
    fc.record({ day: fc.integer({ min: 1, max: 28 }), status: fc.constantFrom('verified', 'complete', 'suspect', 'failed') }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(any, fc.option(fc.integer({ min: 1, max: 28 }), { nil: undefined }), (list, broken) => {
      const all = list.map(({ day, status }, n) => backup(day, { status: status as Backup['status'], id: `b${n}` }));
      const since = broken === undefined ? undefined : backup(broken).startedAt;
      const ordered = orderCandidates(all, since).filter(({ backup: one }) => one.status !== 'failed');
      const flags = ordered.map(({ suspect }) => suspect);
      expect(flags).toEqual(flags.toSorted((a, b) => Number(a) - Number(b)));
      expect(orderCandidates(all, since)).toHaveLength(all.length);
      for (const { suspect, backup: one } of ordered) {
        expect(suspect).toBe(one.status === 'suspect' || (since !== undefined && one.finishedAt! > since));
      }
    }),
  );
});

test.each([
  [10, undefined],
  [8, undefined],
  [7, 'It holds 7 tools, b3 before it held 10.'],
  [0, 'It holds 0 tools, b3 before it held 10.'],
  [30, undefined],
])('%i tools after ten: %s', (tools, why) => {
  expect(
    whySuspect(
      { counts: { tools }, startedAt: backup(5).startedAt },
      [backup(3), backup(9, { counts: { tools: 99 } })],
      toolMeasures,
    )?.en,
  ).toBe(why);
});

test('the measure is the newest earlier one that is not suspect', () => {
  const earlier = [backup(1, { counts: { tools: 50 } }), backup(3), backup(4, { counts: { tools: 2 }, status: 'suspect' })];
  expect(whySuspect({ counts: { tools: 2 }, startedAt: backup(5).startedAt }, earlier, toolMeasures)?.en).toContain(
    'b3 before it held 10',
  );
});

test('the first backup ever has nothing to be measured against', () =>
  expect(whySuspect({ counts: { tools: 1 }, startedAt: backup(5).startedAt }, [], toolMeasures)).toBeUndefined());

test('an open change makes any backup suspect', () => {
  expect(
    whySuspect({ counts: { tools: 10 }, startedAt: backup(5).startedAt }, [backup(3)], toolMeasures, 'tools~abc')?.en,
  ).toContain('tools~abc');
});

test('a failed test outweighs suspicion, suspicion a passed test', () => {
  expect(backupStatus({ failed: true, suspect: true, verified: true })).toBe('failed');
  expect(backupStatus({ failed: false, suspect: true, verified: true })).toBe('suspect');
  expect(backupStatus({ failed: false, suspect: false, verified: true })).toBe('verified');
  expect(backupStatus({ failed: false, suspect: false, verified: false })).toBe('complete');
});

test('the loss is counted from the start of the backup, never below nothing', () => {
  expect(lostMs(backup(5), '2026-11-05T03:00:00Z')).toBe(3_600_000);
  expect(lostMs(backup(5), '2026-11-04T03:00:00Z')).toBe(0);
});

test('alternatives leave out the chosen and the failed', () => {
  const all = [backup(1), backup(2, { status: 'failed' }), backup(3), backup(4, { status: 'suspect' })];
  expect(alternativesTo('b3', all).map(({ id }) => id)).toEqual(['b4', 'b1']);
});
