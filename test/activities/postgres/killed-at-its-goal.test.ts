/** A restored server dies when it has reached the moment and not yet begun its timeline: the one instant at which PostgreSQL by itself goes beyond it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createPostgresBackupActivities } from '../../../activities/postgres-backups/create-postgres-backup-activities.ts';
import { createPostgresPitrActivities } from '../../../activities/postgres/pitr/create-postgres-pitr-activities.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { readControlData } from '../../../adapters/postgres/control-data.ts';
import { backupId } from '../../../domain/identity.ts';
import { eventually } from '../../support/eventually.ts';
import { startBackedUp } from '../../support/postgres/backed-up.ts';
import { freezeCheckpointer, killServer } from '../../support/postgres/freeze.ts';
import { owner, postgresBin } from '../../support/postgres/server.ts';
import { startAgain } from '../../support/postgres/start-again.ts';

const target = 'db';
/** The first timeline has none, so that nobody asks for it but who begins a second one. */
const firstHistory = '00000001.history';

/** A cluster that is ready to be seated: the moment has twenty rows, the database of before ten. */
async function stopped() {
  const bed = await startBackedUp('base-backup');
  onTestFinished(() => bed.stop());
  const data = join(bed.folder, 'data');
  mkdirSync(data);
  const ports = createPorts({ inventory: () => bed.inventory, data, secret: bed.secret });
  const { primary } = bed;
  const about = { target, recovery: 'db~recovery-1' };
  const now = new Date();
  await createPostgresBackupActivities(ports).takePostgresBackup({
    ...{ target, id: backupId(now, 'full', '000001'), kind: 'full', startedAt: now.toISOString() },
  });
  await primary.sql('create table t as select generate_series(1, 20) as n');
  const [{ at }] = (await primary.sql('select clock_timestamp()::text as at')) as [{ at: string }];
  await primary.sql('delete from t where n > 10');
  const pitr = createPostgresPitrActivities(ports);
  const goBack = async (recovery: string, wish: { readonly at: string } | { readonly previous: string }) => {
    const { ref: moment } = await pitr.findPostgresMoment({ target, recovery, wish });
    if ('at' in wish) await pitr.restorePostgresBeside({ target, recovery, plan: moment });
    const { ref: plan } = await pitr.planPostgresCutOver({ target, recovery, moment, comparison: undefined });
    await pitr.applyPostgresCutOver({ target, recovery, plan });
    return { target, recovery, plan };
  };
  return {
    ...{ bed, ports, pitr, order: await goBack(about.recovery, { at }) },
    /** Ready to be put back in its turn. */
    setAside: (recovery: string) => goBack(recovery, { previous: about.recovery }),
    count: async () => (await primary.sql<{ n: number }>('select count(*)::int as n from t'))[0]?.n,
  };
}

type Stopped = Awaited<ReturnType<typeof stopped>>;

/** Seated by a worker whose server dies at its goal, without or with the history of its new timeline. */
async function dies({ bed, ports, order }: Stopped, hasHistory = false): Promise<void> {
  const { primary, archive } = bed;
  const asked = join(archive, firstHistory);
  const isThere = (name: string): boolean => existsSync(join(primary.folder, name));
  /** Who copies it waits until somebody writes into it. */
  const answer = (): void => writeFileSync(asked, '');
  const start: Ports['nodeControl']['start'] = async (...those) => {
    execFileSync('mkfifo', ['-m', '666', asked]);
    const started = ports.nodeControl.start(...those).catch(() => undefined);
    await eventually(() => isThere('postmaster.pid') && !isThere('recovery.signal')).toBe(true);
    if (hasHistory) {
      // Its timeline stands behind a checkpoint, which now takes for ever.
      freezeCheckpointer(primary);
      answer();
      await eventually(() => isThere('pg_wal/00000002.history')).toBe(true);
    }
    killServer(primary);
    if (!hasHistory) answer();
    rmSync(asked);
    await started;
  };
  const dying = createPostgresPitrActivities({ ...ports, nodeControl: { ...ports.nodeControl, start } });
  await expect(dying.seatPostgres(order)).rejects.toMatchObject({ type: 'cut-over-failed' });
  expect((await readControlData({ data: primary.folder, bin: postgresBin() })).timeline, 'it died at its goal').toBe(1);
}

test.each([
  ['its signal file is gone', false],
  ['the history of its new timeline is there', true],
])(
  'started again by us, after it died when %s, it goes to the moment, and not beyond',
  async (_, hasHistory) => {
    const world = await stopped();
    await dies(world, hasHistory);
    expect(await world.pitr.seatPostgres(world.order)).toMatchObject({ node: 'a', timeline: 2 });
    expect(await world.count()).toBe(20);
  },
  60_000,
);

test('started again by somebody else it is beyond the moment: that is told, and the database of before comes back', async () => {
  const world = await stopped();
  const { bed, pitr, order, count } = world;
  await dies(world);
  await startAgain(bed.primary);
  await expect(pitr.seatPostgres(order)).rejects.toMatchObject({
    type: 'cut-over-failed',
    message: expect.stringContaining('went beyond it, still on timeline 1') as string,
  });
  expect(await pitr.unseatPostgres(order)).toEqual({ back: true });
  expect(await count()).toBe(10);
}, 60_000);

test.each([
  ['as soon as its signal file is gone', false],
  ['when the end of its recovery stands, and no checkpoint behind it', true],
])(
  'the database that was set aside, which dies while it is promoted, %s, is put back all the same',
  async (_, isAtEnd) => {
    const { bed, ports, pitr, order, setAside, count } = await stopped();
    const { primary, folder } = bed;
    const [hold, held] = [join(folder, 'hold'), join(folder, 'held')];
    await pitr.seatPostgres(order);
    primary.set({ recovery_end_command: `test ! -e ${hold} || touch ${held}; while test -e ${hold}; do sleep 0.02; done` });
    const back = await setAside('db~recovery-back');
    const promote: Ports['postgres']['promote'] = async (...asked) => {
      if (isAtEnd) writeFileSync(hold, '');
      const promoted = ports.postgres.promote(...asked).catch(() => undefined);
      const awaited = isAtEnd ? () => !existsSync(held) : () => existsSync(join(primary.folder, 'standby.signal'));
      while (awaited()) await setImmediate();
      killServer(primary);
      rmSync(hold, { force: true });
      await promoted;
    };
    const dying = createPostgresPitrActivities({ ...ports, postgres: { ...ports.postgres, promote } });
    await expect(dying.seatPostgres(back)).rejects.toMatchObject({ type: 'cut-over-failed' });
    expect(await pitr.seatPostgres(back)).toMatchObject({ timeline: 3 });
    expect(await count()).toBe(10);
  },
  60_000,
);

test('the database that was set aside, where it refuses our login by now, is not waited for', async () => {
  const { pitr, order, setAside, count } = await stopped();
  const { kept } = await pitr.seatPostgres(order);
  const back = await setAside('db~recovery-back');
  const input = `alter role okiagari password 'of-another-time'\n`;
  const signal = join(kept, 'standby.signal');
  renameSync(signal, `${signal}-away`);
  execFileSync(`${postgresBin()}/postgres`, ['--single', '-D', kept, 'postgres'], { ...owner, cwd: '/', env: {}, input });
  renameSync(`${signal}-away`, signal);
  await expect(pitr.seatPostgres(back)).rejects.toMatchObject({
    type: 'cut-over-failed',
    message: expect.stringMatching(/^a refuses our login: .* set them there/) as string,
  });
  expect(await pitr.unseatPostgres(back)).toEqual({ back: true });
  expect(await count()).toBe(20);
}, 60_000);
