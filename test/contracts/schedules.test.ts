/** The schedules that an inventory means. */
import { expect, test } from 'vitest';
import type { Inventory } from '../../contracts/inventory.ts';
import { kinds } from '../../contracts/kinds.ts';
import { schedulesOf } from '../../contracts/schedules.ts';
import { parseInventory } from '../../config/inventory.ts';

const inventory = (settings: string, more = ''): Inventory =>
  parseInventory(
    `version: 1
people: [{ id: hana, name: H, roles: [operator, approver], token: { env: T } }]
repositories: [{ id: local, kind: directory, path: ./backups }]
${more}
targets:
  - { id: tools, kind: tool-store, root: ./project, repositories: [local]${settings} }
`,
    '/nowhere/okiagari.yaml',
  );
const brief = (settings = '', more = '') =>
  schedulesOf(inventory(settings, more), kinds).map(({ id, rhythm, paused, workflowType }) => [
    id,
    'at' in rhythm ? `${rhythm.at} ${rhythm.timezone}` : rhythm.everyMs,
    paused,
    workflowType,
  ]);

test('without a word they are the runbook’s: full at two, incremental each hour, tests and retention daily', () => {
  expect(brief()).toEqual([
    ['schedule/tools/full', '02:00 Asia/Tokyo', false, 'scheduledBackup'],
    ['schedule/tools/incremental', 3_600_000, false, 'scheduledBackup'],
    ['schedule/tools/test', '03:30 Asia/Tokyo', false, 'scheduledRestoreTests'],
    ['schedule/tools/retention', '05:00 Asia/Tokyo', false, 'scheduledRetention'],
  ]);
  const [full] = schedulesOf(inventory(''), kinds);
  expect(full!.args).toEqual({
    target: 'tools',
    site: 'main',
    schedule: 'schedule/tools/full',
    kind: 'full',
    take: 'takeToolStoreBackup',
    test: 'testToolStoreBackup',
  });
});

test('each may be moved, paused or left out', () => {
  const settings =
    ', backups: { full: { at: "23:15" }, incremental: { every: none }, test: { at: none, each: false }, retention: { paused: true } }';
  expect(brief(settings, 'timezone: Europe/Berlin')).toEqual([
    ['schedule/tools/full', '23:15 Europe/Berlin', false, 'scheduledBackup'],
    ['schedule/tools/retention', '05:00 Europe/Berlin', true, 'scheduledRetention'],
  ]);
  expect(schedulesOf(inventory(settings), kinds)[0]!.args).not.toHaveProperty('test');
});

test('the line changes with what the inventory says of it, and only then', () => {
  const lines = (settings = '', more = '') => schedulesOf(inventory(settings, more), kinds).map(({ line }) => line);
  const [plain, moved] = [lines(), lines(', backups: { full: { at: "01:00" } }')];
  expect(lines(', owner: hana')).toEqual(plain);
  expect(moved[0]).not.toBe(plain[0]);
  expect(moved.slice(1)).toEqual(plain.slice(1));
  expect(lines('', 'timezone: Europe/Berlin')[1]).toBe(plain[1]);
});

test.each(['full: { at: "24:00" }', 'full: { at: "2:00" }', 'incremental: { every: 1ms }', 'full: { keep: 1s }', 'nightly: {}'])(
  'a wrong word is refused: %s',
  (wrong) => expect(() => inventory(`, backups: { ${wrong} }`)).toThrow(/targets/),
);
