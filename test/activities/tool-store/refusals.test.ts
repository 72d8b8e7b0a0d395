/** When a restore must not go on: the world moved, nothing is protected, no room, no right, a bad backup, a link in the way. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  addTool,
  editTool,
  failureOf,
  idAt,
  logPath,
  makeWorld,
  mountSmall,
  picture,
  recovery,
  remount,
  target,
  type World,
} from './world.ts';

const night = '2026-11-22T02:00:00.000Z';

async function planned(world: World, backup: string) {
  const kept = await world.tools.protectToolStore({ target, recovery });
  const plan = await world.tools.planRestore({ target, recovery, backup });
  return {
    plan,
    kept,
    apply: () => world.tools.applyRestore({ target, plan: plan.ref, digest: plan.digest, protectedAs: kept.ref }),
  };
}

const moves: Record<string, (world: World) => void> = {
  'a file to overwrite was changed': (world) => writeFileSync(world.live(world.sample.tools[0]!.path), 'somebody else'),
  'a file to overwrite was removed': (world) => rmSync(world.live(world.sample.tools[0]!.path)),
  'a file to add has come, with another content': (world) =>
    writeFileSync(world.live(world.sample.tools[1]!.path), 'somebody else'),
  'a kept tool was damaged': (world) => truncateSync(world.live(world.sample.tools[5]!.path), 40),
  'a kept tool was removed': (world) => rmSync(world.live(world.sample.tools[5]!.path)),
  'a kept tool was edited': (world) =>
    editTool(world.live(world.sample.tools[5]!.path), (tool) => ({ ...tool, description: 'new' })),
  'a file to overwrite became a link': (world) => {
    rmSync(world.live(world.sample.tools[0]!.path));
    symlinkSync('/etc/passwd', world.live(world.sample.tools[0]!.path));
  },
};

test.each(Object.entries(moves))('%s since the plan: refused, and nothing is changed', async (_, move) => {
  const world = await makeWorld();
  const id = await world.verified(night);
  truncateSync(world.live(world.sample.tools[0]!.path), 60);
  rmSync(world.live(world.sample.tools[1]!.path));
  const { apply } = await planned(world, id);
  move(world);
  const before = picture(world.root);
  const failure = await failureOf(apply());
  expect(failure.code).toBe('plan-changed');
  expect(failure.message).toMatch(/dt_[0-9a-f]{12}/);
  expect(picture(world.root)).toEqual(before);
});

test('a kept tool that was only used since the plan does not stop it', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  rmSync(world.live(world.sample.tools[1]!.path));
  const { apply } = await planned(world, id);
  editTool(world.live(world.sample.tools[5]!.path), (tool) => ({ ...tool, usageCount: 12_345 }));
  expect((await apply()).written).toBe(1);
});

test('what somebody did by hand already is counted and not done again', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const paths = world.sample.tools.slice(0, 3).map(({ path }) => path);
  for (const path of paths) rmSync(world.live(path));
  const { apply } = await planned(world, id);
  execFileSync('cp', ['-p', join(world.inRepository(id), 'files', paths[0]!), world.live(paths[0]!)]);
  expect(await apply()).toMatchObject({ written: 2, already: 1 });
});

test('only the plan that was approved is applied', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  rmSync(world.live(world.sample.tools[0]!.path));
  const { plan, kept } = await planned(world, id);
  const wrong = world.tools.applyRestore({ target, plan: plan.ref, digest: '0'.repeat(64), protectedAs: kept.ref });
  expect((await failureOf(wrong)).code).toBe('plan-changed');
  await world.ports.records.put(plan.ref, (await world.ports.records.get(plan.ref))!.replace('"add"', '"keep"'));
  const edited = world.tools.applyRestore({ target, plan: plan.ref, digest: plan.digest, protectedAs: kept.ref });
  expect((await failureOf(edited)).code).toBe('plan-changed');
  const elsewhere = world.tools.applyRestore({ target, plan: '../../etc/passwd', digest: plan.digest, protectedAs: kept.ref });
  expect((await failureOf(elsewhere)).code).toBe('plan-changed');
});

test('nothing is overwritten that is not protected as it is now', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const { path } = world.sample.tools[0]!;
  const kept = await world.tools.protectToolStore({ target, recovery });
  truncateSync(world.live(path), 60);
  const plan = await world.tools.planRestore({ target, recovery, backup: id });
  const before = picture(world.root);
  const input = { target, plan: plan.ref, digest: plan.digest };
  const stale = await failureOf(world.tools.applyRestore({ ...input, protectedAs: kept.ref }));
  expect(stale).toMatchObject({ code: 'not-protected' });
  expect(stale.message).toContain(path);
  expect((await failureOf(world.tools.applyRestore({ ...input, protectedAs: 'protected/none/none' }))).code).toBe(
    'not-protected',
  );
  const fresh = await world.tools.protectToolStore({ target, recovery: `${recovery}0` });
  writeFileSync(join(world.data, fresh.ref, 'files', path), 'rotten');
  expect((await failureOf(world.tools.applyRestore({ ...input, protectedAs: fresh.ref }))).code).toBe('not-protected');
  expect(picture(world.root)).toEqual(before);
});

test('where nothing is overwritten no protected copy is asked for', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  rmSync(world.live(world.sample.tools[0]!.path));
  const plan = await world.tools.planRestore({ target, recovery, backup: id });
  expect((await world.tools.applyRestore({ target, plan: plan.ref, digest: plan.digest, protectedAs: 'none' })).written).toBe(1);
});

test('bytes of the backup that rotted after the plan replace nothing', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  for (const { path } of world.sample.tools.slice(0, 4)) truncateSync(world.live(path), 60);
  rmSync(world.live(logPath));
  const { apply } = await planned(world, id);
  const rotten = join(world.inRepository(id), 'files', logPath);
  writeFileSync(rotten, readFileSync(rotten).fill('x', 900, 910));
  const before = picture(world.root);
  const failure = await failureOf(apply());
  expect(failure.code).toBe('backup-corrupt');
  expect(failure.message).toContain(logPath);
  expect(picture(world.root)).toEqual(before);
});

test('a rotten copy in one repository is made good by the other', async () => {
  const world = await makeWorld({ repositories: ['local', 'offsite'] });
  const id = await world.verified(night);
  const good = picture(world.root);
  rmSync(world.live('.pi/tools'), { recursive: true });
  const { apply } = await planned(world, id);
  writeFileSync(join(world.inRepository(id, 'local'), 'files', world.sample.tools[0]!.path), 'rotten');
  expect((await apply()).written).toBe(12);
  expect(picture(world.root)).toEqual(good);
});

test('a plan from a damaged or tampered backup is refused', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  rmSync(world.live(world.sample.tools[0]!.path));
  const files = join(world.inRepository(id), 'files');
  const plan = () => world.tools.planRestore({ target, recovery, backup: id });
  const path = join(files, world.sample.tools[1]!.path);
  const content = readFileSync(path);
  writeFileSync(path, 'rotten');
  expect((await failureOf(plan())).code).toBe('backup-corrupt');
  rmSync(path);
  symlinkSync(world.live(world.sample.tools[1]!.path), path);
  expect((await failureOf(plan())).code).toBe('backup-unsafe');
  rmSync(path);
  writeFileSync(path, content);
  symlinkSync('/etc', join(files, '.pi/tools/more'));
  expect((await failureOf(plan())).code).toBe('backup-unsafe');
  expect((await failureOf(world.tools.planRestore({ target, recovery, backup: 'nothing' }))).code).toBe('no-backup');
});

test('a manifest that points out of the target writes nothing anywhere', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const manifest = join(world.inRepository(id), 'manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(world.sample.tools[0]!.path, '.pi/tools/../../../escaped.json'));
  const failure = await failureOf(world.tools.planRestore({ target, recovery, backup: id }));
  expect(failure.code).toBe('backup-unsafe');
  expect(existsSync(join(world.folder, 'escaped.json'))).toBe(false);
});

test.each(['.pi', '.pi/tools'])('%s as a link to elsewhere is refused, and elsewhere is not written to', async (link) => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const elsewhere = join(world.folder, 'elsewhere');
  mkdirSync(elsewhere);
  rmSync(world.live(link), { recursive: true });
  symlinkSync(elsewhere, world.live(link));
  const failure = await failureOf(world.tools.planRestore({ target, recovery, backup: id }));
  expect(failure.code).toBe('target-missing');
  expect(failure.message).toContain('is a link');
  expect((await failureOf(world.tools.protectToolStore({ target, recovery }))).code).toBe('target-missing');
  expect(readdirSync(elsewhere)).toEqual([]);
});

test('a folder that bears the name of a tool is refused before anything is done', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const { path } = world.sample.tools[0]!;
  rmSync(world.live(path));
  mkdirSync(world.live(path));
  const failure = await failureOf(world.tools.planRestore({ target, recovery, backup: id }));
  expect(failure.code).toBe('target-missing');
  expect(failure.message).toContain(path);
});

test('a full disk: nothing is replaced, no unfinished file stays, and the sentence says how many bytes are missing', async () => {
  const folder = join(execFileSync('mktemp', ['-d']).toString().trim(), 'store');
  onTestFinished(() => rmSync(join(folder, '..'), { recursive: true, force: true }));
  mountSmall(folder, '1m');
  const world = await makeWorld({ at: { root: join(folder, 'project') } });
  const id = await world.verified(night);
  for (const { path } of world.sample.tools.slice(0, 6)) rmSync(world.live(path));
  const { apply } = await planned(world, id);
  fill(join(folder, 'filler'));
  const before = picture(world.root);
  const failure = await failureOf(apply());
  expect(failure.code).toBe('disk-full');
  expect(failure.message).toMatch(new RegExp(`No room at ${world.root}: \\d+ bytes are missing of \\d+`));
  expect(picture(world.root)).toEqual(before);
  rmSync(join(folder, 'filler'));
  expect((await apply()).written).toBe(6);
});

test('a read-only target: a sentence that names it, nothing changed, and it goes on once it is writable', async () => {
  const folder = join(execFileSync('mktemp', ['-d']).toString().trim(), 'store');
  onTestFinished(() => rmSync(join(folder, '..'), { recursive: true, force: true }));
  mountSmall(folder, '8m');
  const world = await makeWorld({ at: { root: join(folder, 'project') } });
  const id = await world.verified(night);
  truncateSync(world.live(world.sample.tools[0]!.path), 60);
  rmSync(world.live(world.sample.tools[1]!.path));
  const { apply } = await planned(world, id);
  remount(folder, 'ro');
  const before = picture(world.root);
  const failure = await failureOf(apply());
  expect(failure.code).toBe('target-read-only');
  expect(failure.message).toBe(`${world.root} cannot be written: the file system is read-only.`);
  expect(picture(world.root)).toEqual(before);
  remount(folder, 'rw');
  expect((await apply()).written).toBe(2);
});

test('an owner that cannot be set is a finding, not a failure', async () => {
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      files: { ...ports.files, mayGiveAway: false },
      repositories: (entry) => {
        const repository = ports.repositories(entry);
        return { ...repository, fetch: async (...args) => ({ ...(await repository.fetch(...args)), ownerKept: false }) };
      },
    }),
  });
  const id = await world.verified(night);
  rmSync(world.live(world.sample.tools[0]!.path));
  const { apply } = await planned(world, id);
  const receipt = await apply();
  expect(receipt.findings[0]?.en).toContain('The owner could not be restored');
  expect(receipt.findings[0]?.en).toContain(world.sample.tools[0]!.path);
});

test('a store that changes while files are staged is not replaced', async () => {
  let armed = false;
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      repositories: (entry) => {
        const repository = ports.repositories(entry);
        return {
          ...repository,
          async fetch(...args) {
            if (armed) writeFileSync(world.live(world.sample.tools[0]!.path), 'written in the last moment');
            return repository.fetch(...args);
          },
        };
      },
    }),
  });
  const id = await world.verified(night);
  truncateSync(world.live(world.sample.tools[0]!.path), 60);
  const { apply } = await planned(world, id);
  armed = true;
  expect((await failureOf(apply())).code).toBe('plan-changed');
  expect(readFileSync(world.live(world.sample.tools[0]!.path), 'utf8')).toBe('written in the last moment');
  expect(readdirSync(world.live('.pi/tools')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('an unknown target is said to be unknown', async () => {
  const world = await makeWorld();
  addTool(world.root, 'some');
  expect((await failureOf(world.tools.planRestore({ target: 'nobody', recovery, backup: idAt(night) }))).code).toBe(
    'unknown-target',
  );
});

/** Takes all room that is left. */
function fill(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(4 * 1024 * 1024));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
}
