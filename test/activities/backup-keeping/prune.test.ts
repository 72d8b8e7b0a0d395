/** Pruning real repositories: what policy lets go is gone everywhere and on the trail, and nothing else is touched. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { whileInUse } from '../../../activities/backup-keeping/in-use.ts';
import { openChangeKey } from '../../../activities/records/keys.ts';
import { fail } from '../../../domain/fail.ts';
import { failureOf, makeWorld, picture, recovery, restore, target, type World } from '../tool-store/world.ts';

const dayMs = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();
const list = async (world: World): Promise<string[]> =>
  (await world.tools.listToolStoreBackups({ target })).map(({ id }) => id).toSorted();
const plan = (world: World) => world.tools.planToolStorePrune({ target, recovery });
async function prune(world: World) {
  const planned = await plan(world);
  return world.tools.applyToolStorePrune({ target, plan: planned.ref, digest: planned.digest });
}

test('what is past its time goes from every repository, is on the trail, and the rest stays byte for byte', async () => {
  const world = await makeWorld({ repositories: ['local', 'offsite'] });
  const old = await world.backUp(ago(40));
  const older = await world.backUp(ago(50));
  const good = await world.verified(ago(2));
  mkdirSync(join(world.folder, 'local/other-target/x'), { recursive: true });
  writeFileSync(join(world.folder, 'local/other-target/x/manifest.json'), '{}');
  const [before, store] = [picture(join(world.folder, 'local')), picture(world.root)];
  const planned = await plan(world);
  expect(planned).toMatchObject({ size: { items: 2 }, counts: { remove: 2, keep: 1, add: 0, overwrite: 0 }, truncated: false });
  expect(planned.changes.map(({ action, path }) => [action, path])).toEqual([
    ['remove', old],
    ['remove', older],
    ['keep', good],
  ]);
  expect(picture(join(world.folder, 'local'))).toEqual(before);
  const receipt = await world.tools.applyToolStorePrune({ target, plan: planned.ref, digest: planned.digest });
  expect(receipt).toEqual({ removed: 2, already: 0, bytes: planned.size.bytes, spared: [] });
  expect(receipt.bytes).toBeGreaterThan(0);
  expect(await list(world)).toEqual([good]);
  for (const repository of ['local', 'offsite']) expect(existsSync(world.inRepository(old, repository))).toBe(false);
  const after = Object.entries(before).filter(([path]) => !path.includes(old) && !path.includes(older));
  expect(picture(join(world.folder, 'local'))).toEqual(Object.fromEntries(after));
  expect(picture(world.root)).toEqual(store);
  expect(await world.ports.records.list(`trail/pruned/${target}/`)).toHaveLength(2);
  expect(JSON.parse((await world.ports.records.get(`trail/pruned/${target}/${old}.json`))!)).toMatchObject({
    id: old,
    kind: 'full',
    repositories: ['local', 'offsite'],
    plan: planned.digest,
    reason: { en: 'full: its 30 days are over.' },
  });
});

test('carried out twice it has one effect, and finishes what was cut short', async () => {
  const world = await makeWorld();
  const old = await world.backUp(ago(40));
  await world.verified(ago(1));
  const planned = await plan(world);
  const apply = () => world.tools.applyToolStorePrune({ target, plan: planned.ref, digest: planned.digest });
  // Killed between the manifest and the files.
  rmSync(join(world.inRepository(old), 'manifest.json'));
  expect(await apply()).toMatchObject({ removed: 0, already: 1 });
  expect(existsSync(world.inRepository(old))).toBe(false);
  expect(await apply()).toMatchObject({ removed: 0, already: 1 });
});

test('the times to keep are those of the inventory', async () => {
  const world = await makeWorld({ settings: { backups: { full: { keep: '2d' } } } });
  const old = await world.backUp(ago(3));
  const good = await world.verified(ago(1));
  expect((await prune(world)).removed).toBe(1);
  expect(await list(world)).toEqual([good]);
  expect(existsSync(world.inRepository(old))).toBe(false);
});

test('the last verified one stays, however old, while newer ones are not verified', async () => {
  const world = await makeWorld();
  const good = await world.verified(ago(400));
  const untested = await world.backUp(ago(300));
  expect((await prune(world)).removed).toBe(1);
  expect(await list(world)).toEqual([good]);
  expect(existsSync(world.inRepository(untested))).toBe(false);
});

test('a held one stays until it is let go', async () => {
  const world = await makeWorld({ repositories: ['local', 'offsite'] });
  const old = await world.backUp(ago(40));
  await world.verified(ago(1));
  const word = { target, backup: old, by: 'ann', reason: 'evidence' };
  const held = await world.tools.holdToolStoreBackup({ ...word, held: true, at: ago(0) });
  expect(held).toMatchObject({ held: true, findings: [{ en: 'Held by ann: evidence' }] });
  for (const repository of ['local', 'offsite']) {
    expect(existsSync(join(world.inRepository(old, repository), 'hold.json'))).toBe(true);
  }
  expect((await world.tools.listToolStoreBackups({ target })).find(({ id }) => id === old)?.held).toBe(true);
  expect((await prune(world)).removed).toBe(0);
  await world.tools.holdToolStoreBackup({ ...word, held: false, at: new Date(Date.now() + 1).toISOString() });
  expect((await prune(world)).removed).toBe(1);
  expect(await world.ports.records.list(`trail/holds/${target}/${old}/`)).toHaveLength(2);
});

test('one that somebody reads stays: a restore test, and a change that is not closed', async () => {
  const world = await makeWorld();
  const tested = await world.backUp(ago(50));
  const restored = await world.backUp(ago(40));
  await world.verified(ago(1));
  const applied = await restore(world, restored);
  const undo = { activity: 'undoRestore', input: { target, plan: applied.plan.ref, protectedAs: applied.kept.ref } };
  const change = { target, recovery, since: ago(0), undos: [{ step: 'restore', ...undo }] };
  await world.ports.records.put(openChangeKey(target), JSON.stringify(change));
  await whileInUse(world.ports, target, tested, 'a restore test', async () => expect((await prune(world)).removed).toBe(0));
  await world.ports.records.remove(openChangeKey(target));
  expect((await prune(world)).removed).toBe(2);
});

test('what changed between plan and apply is spared, and says why', async () => {
  const world = await makeWorld();
  const old = await world.backUp(ago(40));
  await world.verified(ago(1));
  const planned = await plan(world);
  await world.tools.holdToolStoreBackup({ target, backup: old, held: true, reason: 'wait', by: 'ann', at: ago(0) });
  const receipt = await world.tools.applyToolStorePrune({ target, plan: planned.ref, digest: planned.digest });
  expect(receipt).toMatchObject({ removed: 0, spared: [{ id: old, reason: { en: 'Held: wait' } }] });
  expect(await list(world)).toContain(old);
});

test('a store that has it locked keeps it, which is no failure', async () => {
  const locked = fail('backup-locked', { en: 'Locked until tomorrow.', ja: '明日までロック。' });
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      repositories: (entry) => ({ ...ports.repositories(entry), remove: () => Promise.reject(locked) }),
    }),
  });
  const old = await world.backUp(ago(40));
  await world.verified(ago(1));
  expect(await prune(world)).toMatchObject({
    removed: 0,
    spared: [{ id: old, reason: { en: 'local does not let it go yet: Locked until tomorrow.' } }],
  });
  expect(await list(world)).toContain(old);
});

test('another plan, or none, removes nothing', async () => {
  const world = await makeWorld();
  const old = await world.backUp(ago(40));
  const good = await world.verified(ago(1));
  const planned = await plan(world);
  const other = { target, plan: planned.ref, digest: '0'.repeat(64) };
  expect((await failureOf(world.tools.applyToolStorePrune(other))).code).toBe('plan-changed');
  const none = { target, plan: `plans/x/${planned.digest}.json`, digest: planned.digest };
  expect((await failureOf(world.tools.applyToolStorePrune(none))).code).toBe('plan-changed');
  expect(await list(world)).toEqual([old, good].toSorted());
});
