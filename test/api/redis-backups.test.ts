/** Redis servers that declare backups are asked, shown, scheduled and refused like any target; ones that declare none have none. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseInventory } from '../../config/inventory.ts';
import { kinds } from '../../contracts/kinds.ts';
import { schedulesOf } from '../../contracts/schedules.ts';
import type { Backup } from '../../domain/backup.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { ago, backup } from '../support/sample-backup.ts';

const inventory = (more = '') =>
  parseInventory(
    `version: 1
people:
  - { id: hana, name: Hana, roles: [operator], token: { env: TEST_TOKEN_HANA } }
  - { id: ren, name: Ren, roles: [approver], token: { env: TEST_TOKEN_REN } }
  - { id: ann, name: Ann, roles: [admin], token: { env: TEST_TOKEN_ANN } }
repositories: [{ id: local, kind: directory, path: ./backups }]
targets:
  - id: cache
    kind: redis
    nodes: [{ id: a, host: cache-a.example.jp }]
    backup: { repositories: [local], scratch: /srv/scratch${more} }
  - id: bare
    kind: redis
    nodes: [{ id: a, host: cache-b.example.jp }]
`,
    '/nowhere/okiagari.yaml',
  );

let api: TestApi;
let backups: Backup[];
beforeEach(async () => {
  api = await startTestApi();
  api.inventory = inventory();
  backups = [];
  api.gateway.asked.set('listRedisBackups', () => backups);
});
afterEach(() => api.close());
const findings = async (target = 'cache'): Promise<string[]> =>
  (await api.send('hana', 'GET', `/v1/targets/${target}`))
    .json<{ findings: string[] }>()
    .findings.filter((finding) => /backup/i.test(finding));
const id = '20261122T020000Z-full-1a2b3c';

test('no backup, none verified, and one that is older than an hour are found', async () => {
  expect(await findings()).toEqual(['There is no backup.']);
  backups = [backup(id, 'complete', { target: 'cache', startedAt: ago(20) })];
  expect(await findings()).toEqual(['No backup has passed a restore test.']);
  backups = [backup(id, 'verified', { target: 'cache', startedAt: ago(180) })];
  expect(await findings()).toEqual([
    expect.stringMatching(/^A backup was missed: the newest is 3 h old, one is due every 60 min/),
    expect.stringMatching(/^The newest verified backup is 3 h old/),
  ]);
  backups = [backup(id, 'verified', { target: 'cache', startedAt: ago(20) })];
  expect(await findings()).toEqual([]);
});

test('whole ones come hourly, are tested and kept for seven days; another rhythm is the inventory’s', () => {
  const scheduled = schedulesOf(inventory(), kinds);
  expect(scheduled.map(({ id: name }) => name)).toEqual(['full', 'test', 'retention'].map((name) => `schedule/cache/${name}`));
  expect(scheduled[0]).toMatchObject({
    rhythm: { everyMs: 3_600_000 },
    args: { kind: 'full', take: 'takeRedisBackup', test: 'testRedisBackup' },
  });
  const settings = kinds['redis']!.backups!.settings(inventory().targets[0]!);
  expect(settings).toMatchObject({ full: { keep: 7 * 86_400_000 }, incremental: { every: 'none', keep: 7 * 86_400_000 } });
  const [rare] = schedulesOf(inventory(', times: { full: { every: 6h } }'), kinds);
  expect(rare).toMatchObject({ rhythm: { everyMs: 6 * 3_600_000 } });
  expect(schedulesOf(inventory(', times: { full: { every: none } }'), kinds)).toHaveLength(2);
  expect(() => inventory(', times: { full: { at: "02:00" } }')).toThrow(/targets\.0\.backup\.times\.full/);
});

test('the routes start what the kind names', async () => {
  const answer = await api.send('hana', 'POST', '/v1/targets/cache/backups', { payload: { kind: 'manual' } });
  expect(answer.statusCode).toBe(202);
  const { id: taken } = answer.json<{ id: string }>();
  expect(api.gateway.newest(`backup/${taken}`)?.request.args).toMatchObject([{ activity: 'takeRedisBackup', kind: 'manual' }]);
  backups = [backup(taken, 'complete', { target: 'cache', startedAt: ago(1) })];
  api.gateway.newest(`backup/${taken}`)!.state = 'completed';
  expect((await api.send('hana', 'POST', `/v1/backups/${taken}/verify`)).statusCode).toBe(202);
  expect(api.gateway.newest(`backup-test/${taken}`)?.request.args).toMatchObject([
    { activity: 'testRedisBackup', backup: taken },
  ]);
});

test('servers that declare none have no findings on backups, an empty list, and are refused one', async () => {
  expect(await findings('bare')).toEqual([]);
  expect((await api.send('hana', 'GET', '/v1/targets/bare/backups')).json()).toMatchObject({ items: [] });
  const refused = await api.send('hana', 'POST', '/v1/targets/bare/backups', { payload: {} });
  expect(refused.statusCode).toBe(422);
  expect(refused.json<{ detail: string }>().detail).toBe('bare declares no backups.');
});
