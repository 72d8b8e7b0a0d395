/** A worker is killed while it takes or tests a backup: the next attempt ends well, and finds and removes all that was left. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresBackupActivities } from '../../../activities/postgres-backups/create-postgres-backup-activities.ts';
import type { PostgresBackupActivities } from '../../../activities/postgres-backups/interface.ts';
import { processesBelow } from '../../../adapters/scratch/processes-below.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { backupId } from '../../../domain/identity.ts';
import { killWhen } from '../../support/backups/victim.ts';
import { startBackedUp, tools, type BackedUp } from '../../support/postgres/backed-up.ts';

const target = 'db';

describe.each(tools)('%s', (tool) => {
  let bed: BackedUp;
  let activities: PostgresBackupActivities;
  let data: string;
  let number = 0;

  beforeAll(async () => {
    bed = await startBackedUp(tool);
    data = join(bed.folder, 'data');
    mkdirSync(data);
    activities = createPostgresBackupActivities(createPorts({ inventory: () => bed.inventory, data, secret: bed.secret }));
    await bed.primary.sql(`create table t as select n, repeat(md5(n::text), 20) as text from generate_series(1, 60000) n`);
  });
  afterAll(() => bed?.stop());

  const newRequest = (kind: 'full' | 'incremental' = 'full') => {
    const at = new Date();
    return { target, id: backupId(at, kind, `${++number}`.padStart(6, '0')), kind, startedAt: at.toISOString() };
  };
  const jobs = (): string[] => readdirSync(bed.scratch).map((name) => join(bed.scratch, name));
  const inRepository = (id: string): string => join(bed.repository, target, id);
  const labels = (): string[] =>
    existsSync(join(bed.ownRepository, 'backup/main'))
      ? readdirSync(join(bed.ownRepository, 'backup/main')).filter((name) => /^\d{8}-\d{6}F/.test(name))
      : [];

  const killedWhen = (activity: string, input: object, condition: () => boolean): Promise<boolean> =>
    killWhen(
      join(bed.folder, 'order.json'),
      { inventory: bed.inventory, data, secrets: bed.secrets, activity, input },
      condition,
    );

  async function endsClean(id: string): Promise<void> {
    expect(jobs()).toEqual([]);
    expect(await processesBelow(bed.scratch)).toEqual([]);
    const listed = await activities.listPostgresBackups({ target });
    expect(listed.filter((backup) => backup.id === id)).toHaveLength(1);
    const [{ alive }] = (await bed.primary.sql('select count(*)::int as alive from t')) as [{ alive: number }];
    expect(alive).toBe(60_000);
  }

  const known = (): number => labels().length;
  const moments: [string, (id: string, before: number) => boolean][] = [
    ['its folder is there', () => jobs().length > 0],
    [
      'its tool is at work',
      (_, before) =>
        tool === 'pgbackrest' ? known() > before : jobs().some((job) => existsSync(join(job, 'files/base.tar.gz'))),
    ],
    ['its files are on the way into the repository', (id) => existsSync(join(inRepository(id), 'files'))],
  ];

  test.each(moments)('a backup, when %s', async (_, moment) => {
    const request = newRequest();
    const before = known();
    expect(await killedWhen('takePostgresBackup', request, () => moment(request.id, before))).toBe(true);
    expect(existsSync(join(inRepository(request.id), 'manifest.json'))).toBe(false);
    const backup = await activities.takePostgresBackup(request);
    expect(backup).toMatchObject({ status: 'complete', counts: { rows: 60_000 } });
    await endsClean(backup.id);
    if (tool === 'pgbackrest') {
      const { elsewhere } = JSON.parse(readFileSync(join(inRepository(backup.id), 'manifest.json'), 'utf8')) as {
        elsewhere: { label: string };
      };
      expect(labels().filter((label) => label > elsewhere.label)).toEqual([]);
      expect(known()).toBe(before + 1);
    }
    expect(await activities.testPostgresBackup({ target, backup: backup.id })).toMatchObject({ status: 'verified' });
  });

  test.each<[string, (job: string) => boolean]>([
    ['it restores', (job) => existsSync(join(job, 'data/base'))],
    ['its server runs', (job) => existsSync(join(job, 'data/postmaster.pid'))],
  ])('a restore test, when %s', async (_, moment) => {
    const { id } = await activities.takePostgresBackup(newRequest());
    expect(await killedWhen('testPostgresBackup', { target, backup: id }, () => jobs().some(moment))).toBe(true);
    expect(jobs()).toHaveLength(1);
    expect(await activities.testPostgresBackup({ target, backup: id })).toMatchObject({ status: 'verified' });
    await endsClean(id);
  });

  test('what is kept under a name stays for whoever asks for it again', async () => {
    const ports = createPorts({ inventory: () => bed.inventory, data, secret: bed.secret });
    const kept = await ports.scratchServers.open(bed.settings, 'db~recovery');
    writeFileSync(join(kept.files, 'there'), '');
    const { id } = await activities.takePostgresBackup(newRequest());
    expect(await activities.testPostgresBackup({ target, backup: id })).toMatchObject({ status: 'verified' });
    expect(await ports.scratchServers.open(bed.settings, 'db~recovery')).toEqual(kept);
    expect(readdirSync(kept.files)).toEqual(['there']);
    await ports.scratchServers.remove(kept);
    await endsClean(id);
  });

  test('two at once do not clear each other away', async () => {
    const { id } = await activities.takePostgresBackup(newRequest());
    const tested = await Promise.all([1, 2].map(() => activities.testPostgresBackup({ target, backup: id })));
    expect(tested.map(({ status }) => status)).toEqual(['verified', 'verified']);
    await endsClean(id);
  });
});
