/** A restored server dies when it has reached the moment and not yet begun its timeline: the one instant at which PostgreSQL by itself goes beyond it. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgresBackupActivities } from '../../../activities/postgres-backups/create-postgres-backup-activities.ts';
import { createPostgresPitrActivities } from '../../../activities/postgres/pitr/create-postgres-pitr-activities.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { backupId } from '../../../domain/identity.ts';
import { startBackedUp, type BackedUp } from '../../support/postgres/backed-up.ts';
import { killServer } from '../../support/postgres/freeze.ts';
import { startAgain } from '../../support/postgres/start-again.ts';

const target = 'db';
let bed: BackedUp;
let ports: Ports;
let recoveries = 0;

beforeAll(async () => {
  bed = await startBackedUp('base-backup');
  const data = join(bed.folder, 'data');
  mkdirSync(data);
  ports = createPorts({ inventory: () => bed.inventory, data, secret: bed.secret });
  await bed.primary.sql('create table t (n int primary key)');
}, 60_000);
afterAll(() => bed?.stop());

/** Ready to be seated: the moment has twenty rows, the database of before ten. */
async function stopped() {
  const { primary } = bed;
  const about = { target, recovery: `db~recovery-${++recoveries}` };
  const now = new Date();
  const backup = {
    target,
    id: backupId(now, 'full', `${recoveries}`.padStart(6, '0')),
    kind: 'full',
    startedAt: now.toISOString(),
  } as const;
  await createPostgresBackupActivities(ports).takePostgresBackup(backup);
  await primary.sql('truncate t');
  await primary.sql('insert into t select generate_series(1, 20)');
  const [{ at }] = (await primary.sql('select clock_timestamp()::text as at')) as [{ at: string }];
  await primary.sql('delete from t where n > 10');
  const pitr = createPostgresPitrActivities(ports);
  const { ref: moment } = await pitr.findPostgresMoment({ ...about, wish: { at } });
  await pitr.restorePostgresBeside({ ...about, plan: moment });
  const { ref: plan } = await pitr.planPostgresCutOver({ ...about, moment, comparison: undefined });
  await pitr.applyPostgresCutOver({ ...about, plan });
  return { pitr, order: { ...about, plan } };
}

const isSignalled = (by = 'recovery.signal'): boolean => existsSync(join(bed.primary.folder, by));
const histories = (): number =>
  readdirSync(join(bed.primary.folder, 'pg_wal')).filter((name) => name.endsWith('.history')).length;

type Order = Awaited<ReturnType<typeof stopped>>['order'];

/** Seated by a worker whose server dies at its goal, without or with the history of its new timeline. */
async function dies(order: Order, hasHistory = false): Promise<void> {
  const start: Ports['nodeControl']['start'] = async (...asked) => {
    const wanted = histories() + (hasHistory ? 1 : 0);
    const started = ports.nodeControl.start(...asked).catch(() => undefined);
    while (isSignalled() || histories() < wanted) await setImmediate();
    killServer(bed.primary);
    await started;
  };
  const dying = createPostgresPitrActivities({ ...ports, nodeControl: { ...ports.nodeControl, start } });
  await expect(dying.seatPostgres(order)).rejects.toMatchObject({ type: 'cut-over-failed' });
}

const count = async (): Promise<number | undefined> =>
  (await bed.primary.sql<{ n: number }>('select count(*)::int as n from t'))[0]?.n;

test.each([
  ['its signal file is gone', false],
  ['the history of its new timeline is there', true],
])(
  'started again by us, after it died when %s, it goes to the moment, and not beyond',
  async (_, hasHistory) => {
    const { pitr, order } = await stopped();
    await dies(order, hasHistory);
    expect(await pitr.seatPostgres(order)).toMatchObject({ node: 'a', timeline: recoveries + 1 });
    expect(await count()).toBe(20);
  },
  60_000,
);

test('started again by somebody else it is beyond the moment: that is told, and the database of before comes back', async () => {
  const { pitr, order } = await stopped();
  await dies(order);
  await startAgain(bed.primary);
  await expect(pitr.seatPostgres(order)).rejects.toMatchObject({
    type: 'cut-over-failed',
    message: expect.stringContaining('went beyond it, still on timeline 3') as string,
  });
  expect(await pitr.unseatPostgres(order)).toEqual({ back: true });
  expect(await count()).toBe(10);
}, 60_000);

test('the database that was set aside, which dies while it is promoted, is put back all the same', async () => {
  const about = { target, recovery: 'db~recovery-back' };
  await bed.primary.sql('insert into t values (99)');
  const [{ before }] = (await bed.primary.sql('select timeline_id as before from pg_control_checkpoint()')) as [
    { before: number },
  ];
  const pitr = createPostgresPitrActivities(ports);
  const { ref: moment } = await pitr.findPostgresMoment({ ...about, wish: { previous: 'db~recovery-2' } });
  const { ref: plan } = await pitr.planPostgresCutOver({ ...about, moment, comparison: undefined });
  await pitr.applyPostgresCutOver({ ...about, plan });
  const promote: Ports['postgres']['promote'] = async (...asked) => {
    const promoted = ports.postgres.promote(...asked).catch(() => undefined);
    while (isSignalled('standby.signal')) await setImmediate();
    killServer(bed.primary);
    await promoted;
  };
  const dying = createPostgresPitrActivities({ ...ports, postgres: { ...ports.postgres, promote } });
  await expect(dying.seatPostgres({ ...about, plan })).rejects.toMatchObject({ type: 'cut-over-failed' });
  expect(await pitr.seatPostgres({ ...about, plan })).toMatchObject({ timeline: before + 1 });
  expect(await count()).toBe(10);
}, 60_000);
