/** The copies of a backup in several repositories: the same in each, or named where one is missing, full or rotten. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failureOf, idAt, makeWorld, mountSmall, picture, remount, target } from './world.ts';

const night = '2026-11-22T02:00:00.000Z';

test('every repository gets the same copy', async () => {
  const world = await makeWorld({ repositories: ['local', 'offsite'] });
  const id = await world.backUp(night);
  expect(picture(world.inRepository(id, 'offsite'))).toEqual(picture(world.inRepository(id, 'local')));
  expect((await world.tools.listToolStoreBackups({ target }))[0]?.repositories).toEqual(['local', 'offsite']);
  expect(existsSync(join(world.data, 'scratch', target, `${id}-across`))).toBe(false);
});

test('a repository that lost its copy is named until it has one again', async () => {
  const world = await makeWorld({ repositories: ['local', 'offsite'] });
  const id = await world.backUp(night);
  const findings = async () => (await world.tools.listToolStoreBackups({ target }))[0]?.findings;
  expect(await findings()).toBeUndefined();
  rmSync(world.inRepository(id, 'offsite'), { recursive: true });
  expect(await findings()).toEqual([{ en: 'Missing in offsite.', ja: 'offsite にありません。' }]);
  await world.backUp(night);
  expect(await findings()).toBeUndefined();
});

test('a copy that rotted is not spread to another repository', async () => {
  const world = await makeWorld({ repositories: ['local', 'offsite'] });
  const id = await world.backUp(night);
  rmSync(world.inRepository(id, 'offsite'), { recursive: true });
  writeFileSync(join(world.inRepository(id, 'local'), 'files', world.sample.tools[0]!.path), 'rotten');
  const again = await world.tools.takeToolStoreBackup({ target, id, kind: 'full', startedAt: night });
  expect(again.repositories).toEqual(['local']);
  expect(again.findings?.[0]?.en).toMatch(/^offsite did not take it: .* is not what its manifest says/);
  expect(existsSync(world.inRepository(id, 'offsite'))).toBe(false);
});

test('a repository that is full is a finding while another one has the backup, and none of it is left there', async () => {
  const world = await makeWorld({ repositories: ['small', 'local'], logLines: 20_000 });
  mountSmall(join(world.folder, 'small'), '1m');
  const backup = await world.tools.takeToolStoreBackup({ target, id: idAt(night), kind: 'full', startedAt: night });
  expect(backup.repositories).toEqual(['local']);
  expect(backup.findings?.[0]?.en).toMatch(/^small did not take it: No room at .*small.*: \d+ bytes are missing/);
  expect(backup.findings?.[1]?.en).toBe('Missing in small.');
  expect(await world.tools.listToolStoreBackups({ target })).toEqual([backup]);
  expect(existsSync(world.inRepository(idAt(night), 'small'))).toBe(false);
});

test('a full disk and a read-only one are told apart, by name', async () => {
  const world = await makeWorld({ repositories: ['small'], logLines: 20_000 });
  mountSmall(join(world.folder, 'small'), '1m');
  const full = await failureOf(world.backUp(night));
  expect(full.code).toBe('disk-full');
  expect(full.message).toContain(world.inRepository(idAt(night)));
  remount(join(world.folder, 'small'), 'ro');
  const readOnly = await failureOf(world.backUp(night));
  expect(readOnly.code).toBe('target-read-only');
  expect(readOnly.message).toContain('the file system is read-only');
});
