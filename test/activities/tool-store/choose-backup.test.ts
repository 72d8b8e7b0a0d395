/** Which backup is chosen: the newest verified one from before the damage, and a suspicious one never without saying so. */
import { readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { failureOf, idAt, makeWorld, picture, target, type World } from './world.ts';

const monday = '2026-11-16T02:00:00.000Z';
const tuesday = '2026-11-17T02:00:00.000Z';
const wednesday = '2026-11-18T02:00:00.000Z';

const lose = (world: World, count: number): void => {
  for (const { path } of world.sample.tools.slice(0, count)) rmSync(world.live(path));
};
const rot = (world: World, id: string): void =>
  writeFileSync(join(world.inRepository(id), 'files', world.sample.tools[11]!.path), 'rotten');

test('the newest one is tested on the way and chosen; older verified ones are the alternatives', async () => {
  const world = await makeWorld();
  const older = await world.verified(monday);
  const newer = await world.backUp(tuesday);
  const before = picture(world.root);
  const chosen = await world.tools.chooseBackup({ target });
  expect(chosen).toMatchObject({ suspect: false, backup: { id: newer, status: 'verified' } });
  expect(chosen.alternatives.map(({ id }) => id)).toEqual([older]);
  expect(chosen.why.en).toBe(`${newer} is the newest verified backup.`);
  expect(Math.abs(chosen.rpoMs - (Date.now() - Date.parse(tuesday)))).toBeLessThan(10_000);
  expect(picture(world.root)).toEqual(before);
});

test('with brokenSince it is the newest that was finished before that moment, though a newer one is verified', async () => {
  const world = await makeWorld();
  const before = await world.backUp(monday);
  const brokenSince = await momentAfter(world, before);
  const after = await world.verified(tuesday);
  const chosen = await world.tools.chooseBackup({ target, brokenSince });
  expect(chosen).toMatchObject({ suspect: false, backup: { id: before }, rpoMs: Date.parse(brokenSince) - Date.parse(monday) });
  expect(chosen.why.en).toContain(`from before ${brokenSince}`);
  expect(chosen.alternatives.map(({ id }) => id)).toEqual([after]);
});

test('when all were taken after the damage began, the newest is chosen and flagged', async () => {
  const world = await makeWorld();
  const id = await world.verified(monday);
  const chosen = await world.tools.chooseBackup({ target, brokenSince: '2026-11-10T00:00:00.000Z' });
  expect(chosen).toMatchObject({ suspect: true, backup: { id }, rpoMs: 0 });
  expect(chosen.why.en).toContain('was taken after the damage began');
});

/** The first millisecond after a backup was finished. */
async function momentAfter(world: World, id: string): Promise<string> {
  const finished = (await world.tools.listToolStoreBackups({ target })).find((backup) => backup.id === id)!.finishedAt!;
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(Date.parse(finished) + 1), { interval: 1 });
  return new Date(Date.parse(finished) + 1).toISOString();
}

test('one that fails its test is passed over for the next', async () => {
  const world = await makeWorld();
  const older = await world.backUp(monday);
  const newer = await world.backUp(tuesday);
  rot(world, newer);
  expect((await world.tools.chooseBackup({ target })).backup.id).toBe(older);
  expect((await world.tools.listToolStoreBackups({ target })).find(({ id }) => id === newer)?.status).toBe('failed');
});

test('one that rotted after its test is noticed and passed over', async () => {
  const world = await makeWorld();
  const older = await world.verified(monday);
  const newer = await world.verified(tuesday);
  rot(world, newer);
  expect((await world.tools.chooseBackup({ target })).backup.id).toBe(older);
});

test('a suspicious one is passed over while a better one is there', async () => {
  const world = await makeWorld();
  const older = await world.backUp(monday);
  lose(world, 5);
  const newer = await world.verified(tuesday).catch(() => idAt(tuesday));
  const chosen = await world.tools.chooseBackup({ target });
  expect(chosen).toMatchObject({ suspect: false, backup: { id: older } });
  expect(chosen.alternatives.map(({ id, status }) => [id, status])).toEqual([[newer, 'suspect']]);
});

test('with nothing better, or by name, a suspicious one is chosen and flagged', async () => {
  const world = await makeWorld();
  const older = await world.backUp(monday);
  lose(world, 5);
  const newer = await world.backUp(tuesday);
  const named = await world.tools.chooseBackup({ target, backup: newer });
  expect(named).toMatchObject({ suspect: true, backup: { id: newer } });
  expect(named.why.en).toContain('is suspect');
  expect(named.alternatives.map(({ id }) => id)).toEqual([older]);
  rmSync(join(world.inRepository(older), 'files'), { recursive: true });
  const left = await world.tools.chooseBackup({ target });
  expect(left).toMatchObject({ suspect: true, backup: { id: newer } });
});

test('a named one is chosen though newer ones are there, and tested if it was not', async () => {
  const world = await makeWorld();
  const older = await world.backUp(monday);
  await world.verified(tuesday);
  const chosen = await world.tools.chooseBackup({ target, backup: older });
  expect(chosen).toMatchObject({ suspect: false, backup: { id: older, status: 'verified' } });
  expect(chosen.why.en).toContain('was asked for by name');
});

test('no backup at all: no-backup', async () => {
  const world = await makeWorld();
  const none = await failureOf(world.tools.chooseBackup({ target }));
  expect(none.code).toBe('no-backup');
  expect(none.message).toBe('There is no backup of tools in local.');
  await world.verified(monday);
  const named = await failureOf(world.tools.chooseBackup({ target, backup: 'script-20260101' }));
  expect(named.code).toBe('no-backup');
});

test('only damaged ones: backup-corrupt with the reasons', async () => {
  const world = await makeWorld();
  truncateSync(world.live(world.sample.tools[0]!.path), 60);
  await world.backUp(monday);
  const failure = await failureOf(world.tools.chooseBackup({ target }));
  expect(failure.code).toBe('backup-corrupt');
  expect(failure.message).toContain('1 of 12 tools are not valid');
  expect((await failureOf(world.tools.chooseBackup({ target, backup: idAt(monday) }))).code).toBe('backup-corrupt');
});

test('only unsafe ones: backup-unsafe', async () => {
  const world = await makeWorld();
  const id = await world.backUp(monday);
  symlinkSync('/etc/passwd', join(world.inRepository(id), 'files/.pi/tools/extra.json'));
  const failure = await failureOf(world.tools.chooseBackup({ target }));
  expect(failure.code).toBe('backup-unsafe');
  expect(failure.message).toContain('extra.json');
});

test('at most ten alternatives, newest first', async () => {
  const world = await makeWorld({ tools: 2, logLines: 2 });
  for (let day = 1; day <= 13; day++) await world.backUp(`2026-10-${String(day).padStart(2, '0')}T02:00:00.000Z`);
  const { alternatives, backup } = await world.tools.chooseBackup({ target });
  expect(backup.startedAt).toContain('2026-10-13');
  expect(alternatives).toHaveLength(10);
  expect(alternatives[0]?.startedAt).toContain('2026-10-12');
  expect(readFileSync(join(world.inRepository(backup.id), 'verification.json'), 'utf8')).toContain('"passed": true');
});

test('a backup whose manifest cannot be read is listed as failed and never chosen', async () => {
  const world = await makeWorld();
  const good = await world.verified(monday);
  const bad = await world.verified(wednesday);
  truncateSync(join(world.inRepository(bad), 'manifest.json'), 100);
  expect((await world.tools.listToolStoreBackups({ target }))[0]).toMatchObject({
    id: bad,
    status: 'failed',
    startedAt: wednesday,
  });
  expect((await world.tools.chooseBackup({ target })).backup.id).toBe(good);
});
