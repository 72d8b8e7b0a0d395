/** Incrementals: what did not change is not stored again, every file is listed, and each repository restores alone. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manifestSchema } from '../../../contracts/backup.ts';
import type { Manifest } from '../../../domain/backup.ts';
import { addTool, editTool, failureOf, logPath, makeWorld, picture, restore, target, type World } from './world.ts';

const monday = '2026-11-16T02:00:00.000Z';
const hourAfter = (hours: number): string => new Date(Date.parse(monday) + hours * 3_600_000).toISOString();

let made = 0;
async function take(world: World, startedAt: string, kind: 'full' | 'incremental' = 'incremental'): Promise<string> {
  const id = `${startedAt.replace(/[-:]|\.\d+/g, '')}-${kind}-${String(++made).padStart(6, '0')}`;
  expect(await world.tools.takeToolStoreBackup({ target, id, kind, startedAt })).toMatchObject({ id, kind, status: 'complete' });
  return id;
}
const manifestOf = (world: World, id: string, repository?: string): Manifest =>
  manifestSchema.parse(JSON.parse(readFileSync(join(world.inRepository(id, repository), 'manifest.json'), 'utf8')));
/** Files that lie in the backup's own folder. */
const stored = (world: World, id: string, repository?: string): string[] =>
  Object.keys(picture(join(world.inRepository(id, repository), 'files')))
    .filter((path) => !path.endsWith('/'))
    .toSorted();
const holders = (manifest: Manifest): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const file of manifest.files) counts[file.in] = (counts[file.in] ?? 0) + 1;
  return counts;
};
const isVerified = async (world: World, id: string): Promise<void> =>
  expect(await world.tools.testToolStoreBackup({ target, backup: id })).toMatchObject({ status: 'verified' });

test('with nothing changed it stores nothing, lists every file, and restores', async () => {
  const world = await makeWorld();
  const full = await take(world, monday, 'full');
  const inc = await take(world, hourAfter(1));
  const manifest = manifestOf(world, inc);
  expect(manifest).toMatchObject({ kind: 'incremental', base: full, counts: { tools: 12, logLines: 200 } });
  expect(manifest).not.toHaveProperty('findings');
  expect(holders(manifest)).toEqual({ [full]: 13 });
  expect(stored(world, inc)).toEqual([]);
  await isVerified(world, inc);
  const good = picture(world.live('.pi'));
  rmSync(world.live('.pi/tools'), { recursive: true });
  rmSync(world.live(logPath));
  expect((await restore(world, inc)).receipt).toMatchObject({ written: 13 });
  expect(picture(world.live('.pi'))).toEqual(good);
});

test('holds what was changed, added or grown, and not what was removed; the next one builds on it', async () => {
  const world = await makeWorld();
  const full = await take(world, monday, 'full');
  const [changed, removed] = [world.sample.tools[0]!.path, world.sample.tools[1]!.path];
  editTool(world.live(changed), (tool) => ({ ...tool, usageCount: 99 }));
  rmSync(world.live(removed));
  const added = addTool(world.root, 'added');
  appendFileSync(world.live(logPath), '{"timestamp":"2026-11-16T03:00:00Z","action":"run_dynamic_tool","success":true}\n');
  const first = await take(world, hourAfter(1));
  expect(stored(world, first)).toEqual([added, changed, logPath].toSorted());
  expect(manifestOf(world, first).files.map(({ path }) => path)).not.toContain(removed);
  expect(manifestOf(world, first).counts).toEqual({ tools: 12, logLines: 201 });
  const second = await take(world, hourAfter(2));
  expect(manifestOf(world, second).base).toBe(first);
  expect(holders(manifestOf(world, second))).toEqual({ [full]: 10, [first]: 3 });
  expect(manifestOf(world, second).counts).toEqual({ tools: 12, logLines: 201 });
  expect(stored(world, second)).toEqual([]);
  await isVerified(world, second);
});

test('the same size and the same times do not hide a change', async () => {
  const world = await makeWorld();
  await take(world, monday, 'full');
  const path = world.sample.tools[0]!.path;
  const [before, { atime, mtime }] = [readFileSync(world.live(path), 'utf8'), statSync(world.live(path))];
  const changed = before.replace('"mode"', '"edom"');
  expect(changed.length).toBe(before.length);
  writeFileSync(world.live(path), changed);
  utimesSync(world.live(path), atime, mtime);
  const inc = await take(world, hourAfter(1));
  expect(stored(world, inc)).toEqual([path]);
});

test('what was at rest is not read again', async () => {
  const read: string[] = [];
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      files: {
        ...ports.files,
        read: (place, maxBytes, signal) => {
          if (place.root.endsWith('/project')) read.push(place.path);
          return ports.files.read(place, maxBytes, signal);
        },
      },
    }),
  });
  const readAgain = async (hours: number): Promise<string[]> => {
    read.length = 0;
    await take(world, hourAfter(hours));
    return read.filter((path) => path.startsWith('.pi/tools'));
  };
  await take(world, monday, 'full');
  expect(await readAgain(1), 'written only just before, they may have changed since without their times showing it').toHaveLength(
    12,
  );
  const long = new Date('2026-01-01T00:00:00Z');
  for (const { path } of world.sample.tools) utimesSync(world.live(path), long, long);
  await take(world, hourAfter(2));
  expect(await readAgain(3)).toEqual([]);
});

test('a mode alone that changed is kept, without the bytes', async () => {
  const world = await makeWorld();
  await take(world, monday, 'full');
  const path = world.sample.tools[0]!.path;
  renameSync(world.live(path), `${world.live(path)}.x`);
  copyFileSync(`${world.live(path)}.x`, world.live(path));
  rmSync(`${world.live(path)}.x`);
  const inc = await take(world, hourAfter(1));
  expect(stored(world, inc)).toEqual([]);
  const kept = manifestOf(world, inc).files.find((file) => file.path === path)!;
  expect(kept.mode).toBe(`0${(statSync(world.live(path)).mode & 0o7777).toString(8)}`);
});

test('content that the chain holds under any name is stored once', async () => {
  const world = await makeWorld();
  const full = await take(world, monday, 'full');
  const tool = world.sample.tools[0]!.path;
  renameSync(world.live(tool), world.live('.pi/tools/copy.txt'));
  writeFileSync(world.live('.pi/tools/one.txt'), 'the same new content');
  writeFileSync(world.live('.pi/tools/two.txt'), 'the same new content');
  const inc = await take(world, hourAfter(1));
  expect(stored(world, inc)).toEqual(['.pi/tools/one.txt']);
  const files = new Map(manifestOf(world, inc).files.map((file) => [file.path, file]));
  expect(files.get('.pi/tools/copy.txt')).toMatchObject({ in: full, as: tool });
  expect(files.get('.pi/tools/two.txt')).toMatchObject({ in: inc, as: '.pi/tools/one.txt' });
  // Gone for an hour and back again: still in the chain.
  renameSync(world.live('.pi/tools/copy.txt'), world.live(tool));
  rmSync(world.live('.pi/tools/one.txt'));
  rmSync(world.live('.pi/tools/two.txt'));
  const second = await take(world, hourAfter(2));
  writeFileSync(world.live('.pi/tools/three.txt'), 'the same new content');
  const third = await take(world, hourAfter(3));
  expect([...stored(world, second), ...stored(world, third)]).toEqual([]);
  await isVerified(world, inc);
  await isVerified(world, third);
  rmSync(world.live('.pi/tools'), { recursive: true });
  await restore(world, inc);
  expect(readFileSync(world.live('.pi/tools/two.txt'), 'utf8')).toBe('the same new content');
});

test('without anything whole to build on it holds everything, and says so', async () => {
  const world = await makeWorld();
  const first = await take(world, monday);
  const found = (await world.tools.listToolStoreBackups({ target }))[0]!;
  expect(found.findings?.[0]?.en).toBe('There was no whole backup to build on: it holds every file itself.');
  expect(manifestOf(world, first)).toMatchObject({ kind: 'incremental', base: null });
  expect(stored(world, first)).toHaveLength(13);
});

test('a base that failed its test, lost its manifest, or lost what it needs is not built on', async () => {
  const world = await makeWorld();
  const full = await take(world, monday, 'full');
  const inc = await take(world, hourAfter(1));
  const newer = await take(world, hourAfter(2), 'full');
  writeFileSync(join(world.inRepository(newer), 'files', world.sample.tools[0]!.path), 'rotten');
  expect((await world.tools.testToolStoreBackup({ target, backup: newer })).status).toBe('failed');
  expect(manifestOf(world, await take(world, hourAfter(3))).base).toBe(inc);
  truncateSync(join(world.inRepository(full), 'manifest.json'), 50);
  expect(manifestOf(world, await take(world, hourAfter(4))).base).toBe(null);
});

test('one flipped byte in a base makes every incremental that needs it fail its test, naming the file', async () => {
  const world = await makeWorld();
  const full = await take(world, monday, 'full');
  const inc = await take(world, hourAfter(1));
  const path = world.sample.tools[0]!.path;
  const file = join(world.inRepository(full), 'files', path);
  const bytes = readFileSync(file);
  bytes[10] = bytes[10]! ^ 1;
  writeFileSync(file, bytes);
  const tested = await world.tools.testToolStoreBackup({ target, backup: inc });
  expect(tested).toMatchObject({ status: 'failed' });
  expect(tested.failure).toContain(`${path} in local is not what was written`);
  expect((await failureOf(restore(world, inc))).code).toBe('backup-corrupt');
});

test('every repository holds all that it needs: a base that is missing there comes along', async () => {
  let isAway = true;
  const world = await makeWorld({
    repositories: ['local', 'offsite'],
    wrap: (ports) => ({
      ...ports,
      repositories: (entry) => {
        const repository = ports.repositories(entry);
        return entry.id === 'offsite' && isAway
          ? { ...repository, store: () => Promise.reject(new Error('not reachable')) }
          : repository;
      },
    }),
  });
  const full = await take(world, monday, 'full');
  expect(existsSync(world.inRepository(full, 'offsite'))).toBe(false);
  isAway = false;
  editTool(world.live(world.sample.tools[0]!.path), (tool) => ({ ...tool, usageCount: 5 }));
  const inc = await take(world, hourAfter(1));
  expect(manifestOf(world, inc, 'offsite')).toEqual(manifestOf(world, inc, 'local'));
  expect(manifestOf(world, full, 'offsite')).toEqual(manifestOf(world, full, 'local'));
  expect(stored(world, inc, 'offsite')).toEqual([world.sample.tools[0]!.path]);
  await isVerified(world, inc);
  rmSync(join(world.folder, 'local'), { recursive: true });
  const good = picture(world.live('.pi/tools'));
  rmSync(world.live('.pi/tools'), { recursive: true });
  await restore(world, inc);
  expect(picture(world.live('.pi/tools'))).toEqual(good);
});

test('each repository has its own test: what is broken off-site is seen from there', async () => {
  const world = await makeWorld({ repositories: ['local', 'offsite'] });
  const full = await take(world, monday, 'full');
  const inc = await take(world, hourAfter(1));
  rmSync(join(world.inRepository(full, 'offsite'), 'files', world.sample.tools[0]!.path));
  const tested = await world.tools.testToolStoreBackup({ target, backup: inc });
  expect(tested).toMatchObject({ status: 'verified' });
  expect(tested.findings?.map(({ en }) => en).join(' ')).toContain('The copy in offsite failed its test');
  const kept = (repository: string): { passed: boolean } =>
    JSON.parse(readFileSync(join(world.inRepository(inc, repository), 'verification.json'), 'utf8')) as { passed: boolean };
  expect([kept('local').passed, kept('offsite').passed]).toEqual([true, false]);
});

test('retention keeps what a kept incremental needs, and the base goes with the last of them', async () => {
  const ago = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();
  const world = await makeWorld({ settings: { backups: { full: { keep: '2d' }, incremental: { keep: '7d' } } } });
  const full = await take(world, ago(6), 'full');
  const inc = await take(world, ago(5));
  const lone = await take(world, ago(4), 'full');
  await isVerified(world, await take(world, ago(1), 'full'));
  const prune = async () => {
    const planned = await world.tools.planToolStorePrune({ target, recovery: 'x' });
    await world.tools.applyToolStorePrune({ target, plan: planned.ref, digest: planned.digest });
    return (await world.tools.listToolStoreBackups({ target })).map(({ id }) => id);
  };
  const left = await prune();
  expect([full, inc, lone].map((id) => left.includes(id))).toEqual([true, true, false]);
});
