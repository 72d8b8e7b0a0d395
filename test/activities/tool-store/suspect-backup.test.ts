/** A backup that may be one of the damage: suspect, and why. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Manifest } from '../../../domain/backup.ts';
import { idAt, makeWorld, target } from './world.ts';

const night = '2026-11-22T02:00:00.000Z';
const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;

test('a set that shrank by more than a fifth is suspect; by a fifth it is not', async () => {
  const world = await makeWorld({ tools: 10 });
  await world.backUp('2026-11-20T02:00:00.000Z');
  for (const { path } of world.sample.tools.slice(0, 2)) rmSync(world.live(path));
  await world.backUp('2026-11-21T02:00:00.000Z');
  for (const { path } of world.sample.tools.slice(2, 4)) rmSync(world.live(path));
  await world.backUp(night);
  const [newest, middle, oldest] = await world.tools.listToolStoreBackups({ target });
  expect([oldest, middle, newest].map((backup) => backup?.status)).toEqual(['complete', 'complete', 'suspect']);
  expect(newest?.findings?.[0]?.en).toContain('It holds 6 tools');
  expect(manifestOf(world.inRepository(idAt(night))).suspect?.en).toContain('held 8');
});

test('damage does not become the new normal: the next backup of the same loss is suspect too', async () => {
  const world = await makeWorld({ tools: 10 });
  await world.backUp('2026-11-20T02:00:00.000Z');
  for (const { path } of world.sample.tools.slice(0, 5)) rmSync(world.live(path));
  await world.backUp('2026-11-21T02:00:00.000Z');
  await world.backUp(night);
  expect((await world.tools.listToolStoreBackups({ target })).map(({ status }) => status)).toEqual([
    'suspect',
    'suspect',
    'complete',
  ]);
});

test('a backup taken during an open change is suspect, and stays so', async () => {
  const world = await makeWorld();
  await world.ports.records.put(`changes/${target}.json`, JSON.stringify({ recovery: 'tools~abc', undos: [] }));
  await world.backUp(night);
  await world.ports.records.remove(`changes/${target}.json`);
  const [backup] = await world.tools.listToolStoreBackups({ target });
  expect(backup?.status).toBe('suspect');
  expect(backup?.findings?.[0]?.en).toContain('tools~abc');
});
