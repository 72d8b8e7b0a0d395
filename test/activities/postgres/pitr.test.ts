/** A copy of a cluster beside it, on a real one: exactly the moment that a person meant, however they wrote it, and no restore that is not needed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgresBackupActivities } from '../../../activities/postgres-backups/create-postgres-backup-activities.ts';
import { createPostgresPitrActivities } from '../../../activities/postgres/pitr/create-postgres-pitr-activities.ts';
import type { PitrWish, PostgresPitrActivities } from '../../../activities/postgres/pitr/interface.ts';
import { openCopy } from '../../../activities/postgres/pitr/restored-copy.ts';
import { backedUpPostgres } from '../../../activities/postgres-backups/target.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { backupId } from '../../../domain/identity.ts';
import { startBackedUp, type BackedUp } from '../../support/postgres/backed-up.ts';
import { askServer } from '../../support/postgres/server.ts';

const target = 'db';
let bed: BackedUp;
let ports: Ports;
let pitr: PostgresPitrActivities;
let recoveries = 0;
const newRecovery = (): string => `db~recovery-${++recoveries}`;

/** Microseconds, by the server's clock, and where its log was then. */
interface Moment {
  readonly at: string;
  readonly tokyo: string;
  readonly lsn: string;
}
const moments: Moment[] = [];

beforeAll(async () => {
  bed = await startBackedUp('base-backup');
  const data = join(bed.folder, 'data');
  mkdirSync(data);
  ports = createPorts({ inventory: () => bed.inventory, data, secret: bed.secret });
  pitr = createPostgresPitrActivities(ports);
  await bed.primary.sql('create table t (n int primary key, at timestamptz default clock_timestamp())');
  const at = new Date();
  await createPostgresBackupActivities(ports).takePostgresBackup({
    ...{ target, id: backupId(at, 'full', '1a2b3c'), kind: 'full' },
    startedAt: at.toISOString(),
  });
  for (let n = 1; n <= 4; n++) {
    await bed.primary.sql(`insert into t values (${n})`);
    const [moment] = await bed.primary.sql<Moment & Record<string, unknown>>(`select pg_current_wal_insert_lsn()::text as lsn,
      to_char(now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
      to_char(now at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS.US') as tokyo from clock_timestamp() as now`);
    moments.push(moment!);
  }
  await bed.primary.sql(`select pg_create_restore_point('four')`);
  await bed.primary.sql('insert into t values (5)');
}, 60_000);
afterAll(() => bed?.stop());

const copy = () => openCopy(ports, backedUpPostgres(ports, target));
const askCopy = async <R extends Record<string, unknown>>(text: string): Promise<R[]> =>
  askServer<R>({ host: (await copy()).path, port: 5_432 }, text);
/** Everything that the restored table is, row for row. */
async function restored(wish: PitrWish): Promise<{ rows: number[]; text: string; last: string }> {
  const recovery = newRecovery();
  const { ref: plan } = await pitr.findPostgresMoment({ target, recovery, wish });
  await pitr.restorePostgresBeside({ target, recovery, plan });
  const [found] = await askCopy<{ rows: number[]; text: string; last: string }>(
    `select array_agg(n order by n) as rows, string_agg(t::text || xmin::text || ctid::text, ',' order by n) as text,
    to_char(max(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as last from t`,
  );
  return found!;
}
const postmaster = async (): Promise<string> => readFileSync(join((await copy()).data, 'postmaster.pid'), 'utf8').split('\n')[0]!;

test('one instant in five notations, its position and nothing else give the same database, with no row after it', async () => {
  const { at, tokyo, lsn } = moments[2]!;
  const notations = [`${tokyo} JST`, `${tokyo.replace(' ', 'T')}+09:00`, at, `${tokyo} Asia/Tokyo`, at.replace('Z', '+00:00')];
  const found = [];
  for (const wish of [...notations.map((text) => ({ at: text })), { lsn }]) found.push(await restored(wish));
  expect(found[0]!.rows).toEqual([1, 2, 3]);
  expect(found[0]!.last <= at).toBe(true);
  expect(new Set(found.map(({ text }) => text)).size).toBe(1);
  expect((await restored({ restorePoint: 'four' })).rows).toEqual([1, 2, 3, 4]);
}, 60_000);

test('what is there already is not restored again; for another recovery it is', async () => {
  const recovery = newRecovery();
  const { ref: plan } = await pitr.findPostgresMoment({ target, recovery, wish: { at: moments[1]!.at } });
  await pitr.restorePostgresBeside({ target, recovery, plan });
  const before = await postmaster();
  await pitr.restorePostgresBeside({ target, recovery, plan });
  expect(await postmaster()).toBe(before);
  const mark = join((await copy()).files, 'of-the-first');
  writeFileSync(mark, '');
  const other = newRecovery();
  const { ref } = await pitr.findPostgresMoment({ target, recovery: other, wish: { at: moments[1]!.at } });
  await pitr.restorePostgresBeside({ target, recovery: other, plan: ref });
  expect(existsSync(mark)).toBe(false);
}, 60_000);

test('a search goes forwards by replaying further, and backwards by a new restore', async () => {
  const recovery = newRecovery();
  const ask = (nth: number, check: string) => pitr.askPostgresThen({ target, recovery, at: moments[nth]!.at, check });
  expect(await ask(0, 'select max(n) = 1 from t')).toEqual({ good: true });
  const mark = join((await copy()).files, 'still-there');
  writeFileSync(mark, '');
  expect(await ask(2, 'select max(n) = 3 from t')).toEqual({ good: true });
  expect(existsSync(mark)).toBe(true);
  expect(await ask(1, 'select max(n) = 3 from t')).toEqual({ good: false });
  expect(existsSync(mark)).toBe(false);
  await pitr.removePostgresBeside({ target });
}, 60_000);

test('a transaction is in, and what cannot be reached is refused with the window', async () => {
  const [{ xid }] = (await bed.primary.sql('insert into t values (6) returning pg_current_xact_id()::text as xid')) as [
    { xid: string },
  ];
  await bed.primary.sql('insert into t values (7)');
  await bed.primary.sql('select pg_switch_wal()');
  expect((await restored({ transaction: xid })).rows).toEqual([1, 2, 3, 4, 5, 6]);
  const refused = pitr.findPostgresMoment({ target, recovery: newRecovery(), wish: { at: '2099-01-01T00:00:00Z' } });
  await expect(refused).rejects.toMatchObject({
    type: 'outside-window',
    message: expect.stringContaining('The window goes from'),
  });
  const stretch = pitr.findPostgresStretch({ target, good: '2020-01-01T00:00:00Z', bad: moments[3]!.at });
  await expect(stretch).rejects.toMatchObject({ type: 'outside-window', message: expect.stringContaining('nothing to search') });
}, 60_000);
