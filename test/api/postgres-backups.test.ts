/** A cluster that declares backups is asked, shown and refused like any target; one that declares none has none. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseInventory } from '../../config/inventory.ts';
import { kinds } from '../../contracts/kinds.ts';
import { schedulesOf } from '../../contracts/schedules.ts';
import type { Backup } from '../../domain/backup.ts';
import { startTestApi, type TestApi } from '../support/api.ts';
import { ago, backup } from '../support/sample-backup.ts';

const inventory = (repositories = '[local]') =>
  parseInventory(
    `version: 1
people:
  - { id: hana, name: Hana, roles: [operator], token: { env: TEST_TOKEN_HANA } }
  - { id: ren, name: Ren, roles: [approver], token: { env: TEST_TOKEN_REN } }
  - { id: ann, name: Ann, roles: [admin], token: { env: TEST_TOKEN_ANN } }
repositories: [{ id: local, kind: directory, path: ./backups }]
targets:
  - id: db
    kind: postgres
    nodes: [{ id: a, host: db-a.example.jp }]
    roles: { control: { user: okiagari, password: { env: PG } } }
    backup:
      tool: { kind: pgbackrest, stanza: main, config: /etc/pgbackrest.conf }
      repositories: ${repositories}
      scratch: /srv/scratch
  - id: bare
    kind: postgres
    nodes: [{ id: a, host: db-b.example.jp }]
    roles: { control: { user: okiagari, password: { env: PG } } }
`,
    '/nowhere/okiagari.yaml',
  );

let api: TestApi;
let backups: Backup[];
beforeEach(async () => {
  api = await startTestApi();
  api.inventory = inventory();
  backups = [];
  api.gateway.asked.set('listPostgresBackups', () => backups);
});
afterEach(() => api.close());
const findings = async (target = 'db'): Promise<string[]> =>
  (await api.send('hana', 'GET', `/v1/targets/${target}`))
    .json<{ findings: string[] }>()
    .findings.filter((finding) => /backup/i.test(finding));

test('no backup, none verified, and one too old are found as for every kind', async () => {
  expect(await findings()).toEqual(['There is no backup.']);
  backups = [backup('20261122T020000Z-full-1a2b3c', 'complete', { target: 'db', startedAt: ago(20) })];
  expect(await findings()).toEqual(['No backup has passed a restore test.']);
  backups = [backup('20261122T020000Z-full-1a2b3c', 'verified', { target: 'db', startedAt: ago(180) })];
  expect(await findings()).toEqual([
    expect.stringMatching(/^A backup was missed: the newest is 3 h old/),
    expect.stringMatching(/^The newest verified backup is 3 h old/),
  ]);
  backups = [backup('20261122T020000Z-full-1a2b3c', 'verified', { target: 'db', startedAt: ago(20) })];
  expect(await findings()).toEqual([]);
});

test('the routes start what the kind names', async () => {
  const answer = await api.send('hana', 'POST', '/v1/targets/db/backups', { payload: { kind: 'incremental' } });
  expect(answer.statusCode).toBe(202);
  const { id } = answer.json<{ id: string }>();
  expect(api.gateway.newest(`backup/${id}`)?.request.args).toMatchObject([
    { activity: 'takePostgresBackup', kind: 'incremental' },
  ]);
  backups = [backup(id, 'complete', { target: 'db', startedAt: ago(1) })];
  api.gateway.newest(`backup/${id}`)!.state = 'completed';
  expect((await api.send('hana', 'POST', `/v1/backups/${id}/verify`)).statusCode).toBe(202);
  expect(api.gateway.newest(`backup-test/${id}`)?.request.args).toMatchObject([{ activity: 'testPostgresBackup', backup: id }]);
});

test('a cluster that declares none has no schedules, no findings on backups, an empty list, and is refused one', async () => {
  const scheduled = schedulesOf(inventory(), kinds);
  expect(scheduled.map(({ id }) => id)).toEqual(
    ['full', 'incremental', 'test', 'retention'].map((name) => `schedule/db/${name}`),
  );
  expect(await findings('bare')).toEqual([]);
  expect((await api.send('hana', 'GET', '/v1/targets/bare/backups')).json()).toMatchObject({ items: [] });
  const refused = await api.send('hana', 'POST', '/v1/targets/bare/backups', { payload: {} });
  expect(refused.statusCode).toBe(422);
  expect(refused.json<{ detail: string }>().detail).toBe('bare declares no backups.');
});

test('a repository that does not exist is told with its place', () => {
  expect(() => inventory('[nowhere]')).toThrow(/targets\.0\.backup\.repositories\.0.*no repository nowhere/s);
});

test('a moment that no schema can judge is refused at the door, with its field and how it could be meant', async () => {
  const start = async (scenario: string, input: object) => {
    const payload = { scenario, target: 'db', reason: 'rows are gone', input };
    return (await api.send('hana', 'POST', '/v1/recoveries', { payload })).json<{ errors: unknown }>();
  };
  const errorOf = (path: string, says: string) => [{ path, message: expect.stringContaining(says) as string }];
  expect(await start('postgres-pitr', { at: '2024-01-20 14:30:00' })).toMatchObject({
    code: 'invalid-input',
    errors: errorOf('input.at', 'in Asia/Tokyo it is 2024-01-20T05:30:00.000000Z'),
  });
  expect((await start('postgres-pitr', { lsn: 'here' })).errors).toEqual(errorOf('input.lsn', 'no position in the log'));
  expect((await start('postgres-pitr', { at: '2024-01-20T05:30:00Z', lsn: '0/1' })).errors).toEqual(
    errorOf('input', 'exactly one'),
  );
  expect((await start('data-corruption', { check: 'select true', bad: 'noon' })).errors).toEqual(errorOf('input.bad', 'noon'));
  expect(await start('postgres-pitr', { at: '2024-01-20 14:30:00 JST' })).toMatchObject({ status: 'running' });
});
