/** A store whose backups lie in a directory and in a real S3 server: each copy proven where it is, either one enough to restore from. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLocalFiles } from '../../../adapters/files/local-files.ts';
import { createObjectRepository } from '../../../adapters/s3/object-repository.ts';
import { createObjectStores } from '../../../adapters/s3/object-store.ts';
import { startObjectStore, type TestObjectStore } from '../../support/object-store.ts';
import { freePort } from '../../support/temporal-server.ts';
import { failureOf, makeWorld, picture, restore, target, type World } from './world.ts';

const at = '2026-11-22T02:00:00.000Z';
let server: TestObjectStore;
beforeAll(async () => {
  server = await startObjectStore();
});
afterAll(() => server.stop());

interface TwoPlaces extends World {
  readonly bucket: string;
  /** Sends everything for the bucket to an address where nobody listens, or back. */
  away(isAway: boolean): void;
}

async function twoPlaces(): Promise<TwoPlaces> {
  const bucket = await server.bucket({ versions: true });
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  let isAway = false;
  const stores = createObjectStores((ref) => ('env' in ref && ref.env === 'KEY' ? server.accessKeyId : server.secretAccessKey));
  const world = await makeWorld({
    repositories: ['local', 'offsite'],
    wrap: (ports) => ({
      ...ports,
      repositories: (entry) =>
        entry.id === 'local'
          ? ports.repositories(entry)
          : createObjectRepository(
              stores({
                ...{ id: 'offsite', kind: 's3', bucket, region: 'us-east-1', endpoint: isAway ? nowhere : server.endpoint },
                ...{ accessKeyId: { env: 'KEY' }, secretAccessKey: { env: 'SECRET' } },
              }),
              createLocalFiles(),
            ),
    }),
  });
  return { ...world, bucket, away: (now) => void (isAway = now) };
}

const lose = ({ root }: World): void => rmSync(join(root, '.pi'), { recursive: true });

test('it is restored from the bucket when the directory is gone, byte for byte', async () => {
  const world = await twoPlaces();
  const whole = picture(world.root);
  const id = await world.verified(at);
  expect((await world.tools.listToolStoreBackups({ target }))[0]?.repositories).toEqual(['local', 'offsite']);
  rmSync(join(world.folder, 'local'), { recursive: true });
  lose(world);
  const chosen = await world.tools.chooseBackup({ target });
  expect(chosen.backup).toMatchObject({ id, status: 'verified', repositories: ['offsite'] });
  await restore(world, id);
  expect(picture(world.root)).toEqual(whole);
});

test('it lies in the bucket under its own names, readable without us', async () => {
  const world = await twoPlaces();
  const id = await world.verified(at);
  const home = join(server.folder, world.bucket, target, id);
  for (const { path } of world.sample.tools) {
    expect(readFileSync(join(home, 'files', path)).equals(readFileSync(world.live(path)))).toBe(true);
  }
  expect(readFileSync(join(home, 'manifest.json'), 'utf8')).toBe(
    readFileSync(join(world.inRepository(id), 'manifest.json'), 'utf8'),
  );
});

test('each copy is tested where it lies: one byte wrong in the bucket is found there, and the other copy stays good', async () => {
  const world = await twoPlaces();
  const id = await world.backUp(at);
  const object = join(server.folder, world.bucket, target, id, 'files', world.sample.tools[3]!.path);
  const bytes = readFileSync(object);
  bytes[20]! ^= 1;
  writeFileSync(object, bytes);
  const tested = await world.tools.testToolStoreBackup({ target, backup: id });
  expect(tested.status).toBe('verified');
  expect(tested.findings?.map(({ en }) => en).join()).toContain('The copy in offsite failed its test');
  renameSync(join(world.folder, 'local'), join(world.folder, 'gone'));
  expect((await world.tools.listToolStoreBackups({ target }))[0]).toMatchObject({ id, status: 'failed' });
  expect((await failureOf(world.tools.chooseBackup({ target }))).code).toBe('backup-corrupt');
});

test('a bucket that does not answer is a finding of the backup, of the list and of the choice, and gets its copy later', async () => {
  const world = await twoPlaces();
  world.away(true);
  const taken = await world.tools.takeToolStoreBackup({
    target,
    id: '20261122T020000Z-full-1a2b3c',
    kind: 'full',
    startedAt: at,
  });
  expect(taken.repositories).toEqual(['local']);
  expect(taken.findings?.map(({ en }) => en).join()).toContain('offsite does not answer at http://127.0.0.1:');
  const tested = await world.tools.testToolStoreBackup({ target, backup: taken.id });
  expect(tested.status).toBe('verified');
  lose(world);
  const chosen = await world.tools.chooseBackup({ target });
  expect(chosen.backup.findings?.map(({ en }) => en).join()).toContain('offsite does not answer');
  world.away(false);
  await restore(world, taken.id);
  const again = await world.tools.takeToolStoreBackup({ target, id: taken.id, kind: 'full', startedAt: at });
  expect(again.repositories).toEqual(['local', 'offsite']);
});
