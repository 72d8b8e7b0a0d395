/** Backups of a cluster in a real S3 server: pgBackRest's own repository there, and base backups with every byte. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPostgresBackupActivities } from '../../../activities/postgres-backups/create-postgres-backup-activities.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { backupId } from '../../../domain/identity.ts';
import { startObjectStore, type TestObjectStore } from '../../support/object-store.ts';
import { startBackedUp, type BackedUp } from '../../support/postgres/backed-up.ts';
import { startTlsFront } from '../../support/tls-front.ts';

const target = 'db';
let store: TestObjectStore;
beforeAll(async () => {
  store = await startObjectStore();
});
afterAll(() => store?.stop());

function activitiesOf(bed: BackedUp) {
  const data = join(bed.folder, 'data');
  mkdirSync(data, { recursive: true });
  const { inventory } = bed;
  const keys: Readonly<Record<string, string>> = { S3_KEY: store.accessKeyId, S3_SECRET: store.secretAccessKey };
  return createPostgresBackupActivities(
    createPorts({
      ...{ inventory: () => inventory, data },
      secret: (ref) => bed.secret(ref) ?? ('env' in ref ? keys[ref.env] : undefined),
    }),
  );
}

async function takeBoth(bed: BackedUp) {
  const activities = activitiesOf(bed);
  await bed.primary.sql('create table if not exists t (n int)');
  await bed.primary.sql('insert into t select generate_series(1, 1000)');
  const taken = [];
  for (const kind of ['full', 'incremental'] as const) {
    const at = new Date();
    const request = { target, id: backupId(at, kind, '1a2b3c'), kind, startedAt: at.toISOString() };
    taken.push(await activities.takePostgresBackup(request));
  }
  return taken;
}

test('pgBackRest keeps its own in a bucket', async () => {
  const front = await startTlsFront(store.endpoint);
  const bed = await startBackedUp('pgbackrest', {
    pgBackRestRepository: [
      ...['repo1-type=s3', `repo1-s3-bucket=${await store.bucket()}`, 'repo1-path=/pgbackrest', 'repo1-s3-region=us-east-1'],
      ...['repo1-s3-endpoint=localhost', 'repo1-storage-host=localhost', `repo1-storage-port=${front.port}`],
      ...[`repo1-s3-key=${store.accessKeyId}`, `repo1-s3-key-secret=${store.secretAccessKey}`],
      ...['repo1-s3-uri-style=path', 'repo1-storage-verify-tls=n', 'repo1-bundle=y', 'io-timeout=10'],
    ].join('\n'),
  });
  try {
    const [full, incremental] = await takeBoth(bed);
    for (const { id } of [full!, incremental!]) {
      expect(await activitiesOf(bed).testPostgresBackup({ target, backup: id })).toMatchObject({ status: 'verified' });
    }
  } finally {
    await bed.stop();
    await front.stop();
  }
});

test('base backups are restored from the bucket alone when the directory is gone', async () => {
  const bucket = { kind: 's3', bucket: await store.bucket({ versions: true }), endpoint: store.endpoint };
  const keys = { accessKeyId: { env: 'S3_KEY' }, secretAccessKey: { env: 'S3_SECRET' } };
  const bed = await startBackedUp('base-backup', { repositories: [{ id: 'offsite', ...bucket, ...keys }] });
  try {
    const [, incremental] = await takeBoth(bed);
    expect(incremental!.repositories).toEqual(['vault', 'offsite']);
    rmSync(join(bed.repository, target), { recursive: true });
    rmSync(bed.archive, { recursive: true });
    const tested = await activitiesOf(bed).testPostgresBackup({ target, backup: incremental!.id });
    expect(tested).toMatchObject({ status: 'verified', repositories: ['offsite'], counts: { tables: 1, rows: 1000 } });
  } finally {
    await bed.stop();
  }
});
