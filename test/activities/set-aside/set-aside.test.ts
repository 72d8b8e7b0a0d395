/** Tools are put away whole: never overwritten, never lost, and taken back to the byte. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Ports } from '../../../activities/ports/index.ts';
import { editTool, failureOf, mountSmall, picture, recovery, target } from '../tool-store/world.ts';
import { allOk, makeAsideWorld, planAside, planBack, use, why } from './aside-world.ts';

test('goes to the side folder with its bytes, mode, owner and time; planning alone changes nothing', async () => {
  const world = await makeAsideWorld();
  const before = picture(world.root);
  const facts = statSync(world.live(world.path(0)));
  const { plan, apply, verify } = await planAside(world, [world.path(0), world.path(1)]);
  expect(picture(world.root)).toEqual(before);
  expect(plan).toMatchObject({ size: { items: 2, share: 2 / 6 }, counts: { remove: 2, keep: 4 } });
  expect(plan.changes[0]?.after).toContain(why.en);
  expect(await apply()).toEqual({ moved: 2, already: 0 });
  const after = statSync(world.live(world.asidePath(0)));
  expect([after.ino, after.mode, after.uid, after.mtimeMs]).toEqual([facts.ino, facts.mode, facts.uid, facts.mtimeMs]);
  expect(existsSync(world.live(world.path(0)))).toBe(false);
  expect(allOk(await verify())).toBe(true);
});

test('applied twice it finds its own work; done by hand it finds that; undone twice it is as before', async () => {
  const world = await makeAsideWorld();
  const before = picture(world.root);
  const { apply, undo } = await planAside(world, [world.path(0), world.path(1)]);
  mkdirSync(world.live('.pi/tools/disabled'));
  copyFileSync(world.live(world.path(1)), world.live(world.asidePath(1)));
  rmSync(world.live(world.path(1)));
  expect(await apply()).toEqual({ moved: 1, already: 1 });
  expect(await apply()).toEqual({ moved: 0, already: 2 });
  expect(await undo()).toEqual({ movedBack: 2, kept: [] });
  expect(await undo()).toEqual({ movedBack: 0, kept: [] });
  expect(picture(world.root)).toEqual(before);
});

test('another version under that name stays, and the new one lies beside it with a number', async () => {
  const world = await makeAsideWorld();
  await (await planAside(world, [world.path(0)])).apply();
  copyFileSync(world.live(world.asidePath(0)), world.live(world.path(0)));
  editTool(world.live(world.path(0)), (tool) => ({ ...tool, description: 'newer words' }));
  const [older, newer] = [world.readLive(world.asidePath(0)), world.readLive(world.path(0))];
  const before = picture(world.root);
  const { apply, undo, verify } = await planAside(world, [world.path(0)]);
  await apply();
  const numbered = world.asidePath(0).replace('.json', '.2.json');
  expect([world.readLive(world.asidePath(0)), world.readLive(numbered)]).toEqual([older, newer]);
  expect(allOk(await verify())).toBe(true);
  await undo();
  expect(picture(world.root)).toEqual(before);
  await apply();
  // Of several versions the one put away last comes back, unless one is named.
  await (await planBack(world, [world.sample.tools[0]!.id])).apply();
  expect(world.readLive(world.path(0))).toEqual(newer);
});

test('the same content there already: only the name in use goes, and an undo brings it back beside what was there', async () => {
  const world = await makeAsideWorld();
  mkdirSync(world.live('.pi/tools/disabled'));
  copyFileSync(world.live(world.path(0)), world.live(world.asidePath(0)));
  const before = picture(world.root);
  const { apply, undo } = await planAside(world, [world.path(0)]);
  expect(await apply()).toEqual({ moved: 1, already: 0 });
  expect(readdirSync(world.live('.pi/tools/disabled'))).toHaveLength(1);
  await undo();
  expect(picture(world.root)).toEqual(before);
  expect(statSync(world.live(world.path(0))).ino).not.toBe(statSync(world.live(world.asidePath(0))).ino);
});

test('a tool that was only used since the plan is still the one that was meant', async () => {
  const world = await makeAsideWorld();
  const { apply, undo, verify } = await planAside(world, [world.path(0)]);
  editTool(world.live(world.path(0)), use);
  const used = picture(world.root);
  await apply();
  const checks = await verify();
  expect([allOk(checks), checks[0]!.sentence.en]).toEqual([true, expect.stringContaining('used')]);
  await undo();
  expect(picture(world.root)).toEqual(used);
});

test('a link, and a file that is no tool, go aside too; what is put away already or outside of the tools is told apart', async () => {
  const world = await makeAsideWorld();
  const link = '.pi/tools/dt_000000000000.json';
  symlinkSync('/etc/hostname', world.live(link));
  writeFileSync(world.live('.pi/tools/notes.txt'), 'no tool');
  const before = picture(world.root);
  const { apply, undo, verify } = await planAside(world, [link, '.pi/tools/notes.txt'], 'quarantine');
  await apply();
  expect(readlinkSync(world.live('.pi/tools/quarantine/dt_000000000000.json'))).toBe('/etc/hostname');
  expect(allOk(await verify())).toBe(true);
  await undo();
  expect(picture(world.root)).toEqual(before);
  await apply();
  expect((await planAside(world, [link], 'quarantine')).plan.size.items).toBe(0);
  for (const path of [
    '.pi/tools/dt_ffffffffffff.json',
    '.pi/logs/dynamic-tools-audit.jsonl',
    '.pi/tools/../../x',
    '/etc/passwd',
  ]) {
    expect((await failureOf(planAside(world, [path]))).code).toBe('no-such-tool');
  }
});

test('a side folder that is a link is never written through', async () => {
  const world = await makeAsideWorld();
  mkdirSync(join(world.folder, 'elsewhere'));
  symlinkSync(join(world.folder, 'elsewhere'), world.live('.pi/tools/disabled'));
  const before = picture(world.root);
  const failure = await failureOf(planAside(world, [world.path(0)]).then(({ apply }) => apply()));
  expect(failure.code).toBe('target-missing');
  expect(readdirSync(join(world.folder, 'elsewhere'))).toEqual([]);
  expect(picture(world.root)).toEqual(before);
});

const moves = {
  'was edited': (file: string) => editTool(file, (tool) => ({ ...tool, description: 'other' })),
  'was removed': (file: string) => rmSync(file),
  'became a link': (file: string) => {
    rmSync(file);
    symlinkSync('/etc/passwd', file);
  },
};
test.each(Object.entries(moves))('a tool that %s since the plan: refused, and nothing is changed', async (_, move) => {
  const world = await makeAsideWorld();
  const { apply } = await planAside(world, [world.path(1), world.path(0)]);
  move(world.live(world.path(0)));
  const before = picture(world.root);
  expect((await failureOf(apply())).code).toBe('plan-changed');
  expect(picture(world.root)).toEqual(before);
});

test('somebody else took the place since the plan: refused, and both stay', async () => {
  const world = await makeAsideWorld();
  const { apply, input } = await planAside(world, [world.path(0)]);
  mkdirSync(world.live('.pi/tools/disabled'));
  writeFileSync(world.live(world.asidePath(0)), 'somebody else');
  const before = picture(world.root);
  expect((await failureOf(apply())).code).toBe('plan-changed');
  expect((await failureOf(world.aside.applySetAside({ ...input, digest: '0'.repeat(64) }))).code).toBe('plan-changed');
  expect((await failureOf(world.aside.undoSetAside({ target, plan: `plans/${recovery}/${'0'.repeat(64)}.json` }))).code).toBe(
    'plan-changed',
  );
  expect(picture(world.root)).toEqual(before);
});

test('an undo leaves what others wrote meanwhile, and names it', async () => {
  const world = await makeAsideWorld();
  const { apply, undo } = await planAside(world, [world.path(0), world.path(1), world.path(2)]);
  await apply();
  writeFileSync(world.live(world.path(0)), 'somebody else');
  writeFileSync(world.live(world.asidePath(2)), 'somebody else');
  expect(await undo()).toEqual({ movedBack: 1, kept: [world.path(0), world.path(2)] });
  expect([existsSync(world.live(world.path(2))), world.readLive(world.asidePath(2)).toString()]).toEqual([
    false,
    'somebody else',
  ]);
  expect(world.readLive(world.path(0)).toString()).toBe('somebody else');
  expect(existsSync(world.live(world.asidePath(0)))).toBe(true);
});

test('a write-back is not recovered: it is named by the check, and the next plan puts it away as well', async () => {
  const world = await makeAsideWorld();
  const { apply, verify } = await planAside(world, [world.path(0)]);
  await apply();
  copyFileSync(world.live(world.asidePath(0)), world.live(world.path(0)));
  editTool(world.live(world.path(0)), use);
  expect((await verify()).filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['old-places']);
  const again = await planAside(world, [world.path(0)]);
  await again.apply();
  expect(allOk(await verify())).toBe(true);
});

test('checks fail where a moved file is altered or gone, or another tool changed', async () => {
  const world = await makeAsideWorld();
  const { apply, verify } = await planAside(world, [world.path(0)]);
  await apply();
  editTool(world.live(world.path(3)), use);
  expect(allOk(await verify())).toBe(true);
  editTool(world.live(world.path(3)), (tool) => ({ ...tool, description: 'other' }));
  writeFileSync(world.live(world.asidePath(0)), '{}');
  writeFileSync(world.live('.pi/tools/.okiagari-1-x.json.tmp'), '');
  expect((await verify()).filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['moved-files', 'other-tools', 'leftovers']);
});

/** Ports under which somebody replaces the first tool right after, or right before, an effect on files. */
const meddled =
  (effect: 'link' | 'copy', when: 'before' | 'after', meddle: () => void) =>
  (ports: Ports): Ports => {
    const real = ports.files[effect] as (...args: unknown[]) => Promise<unknown>;
    const between = async (...args: unknown[]): Promise<unknown> => {
      if (when === 'before') meddle();
      const result = await real(...args);
      if (when === 'after') meddle();
      return result;
    };
    return { ...ports, files: { ...ports.files, [effect]: between } };
  };

test.each([
  ['after it got its second name', 'link', 'after', undefined],
  ['while it is copied', 'copy', 'before', 'EPERM'],
] as const)('a tool that somebody replaces %s keeps its place, and nothing is lost', async (_, effect, when, code) => {
  let file = '';
  const replace = (): void => {
    rmSync(file);
    writeFileSync(file, 'somebody else');
  };
  const hook = meddled(effect, when, replace);
  const world = await makeAsideWorld({ wrap: (ports) => hook(code === undefined ? ports : withoutLinks(code)(ports)) });
  file = world.live(world.path(0));
  const { apply } = await planAside(world, [world.path(0)]);
  expect((await failureOf(apply())).code).toBe('plan-changed');
  expect(world.readLive(world.path(0)).toString()).toBe('somebody else');
  expect(readdirSync(world.live('.pi/tools')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

/** Ports of a file system that knows no second names. */
const withoutLinks =
  (code: string) =>
  (ports: Ports): Ports => ({
    ...ports,
    files: { ...ports.files, link: () => Promise.reject(Object.assign(new Error(code), { code })) },
  });

test.each(['EPERM', 'EXDEV'])(
  'without second names (%s) a checked copy takes its place, with mode, owner and time',
  async (code) => {
    const world = await makeAsideWorld({ wrap: withoutLinks(code) });
    const before = picture(world.root);
    const { mode, mtimeMs } = statSync(world.live(world.path(0)));
    const { apply, undo, verify } = await planAside(world, [world.path(0)]);
    await apply();
    const after = statSync(world.live(world.asidePath(0)));
    expect([after.mode, after.mtimeMs]).toEqual([mode, Math.floor(mtimeMs)]);
    expect(allOk(await verify())).toBe(true);
    await undo();
    expect(picture(world.root)).toEqual(before);
  },
);

test('a side folder on a disk of its own that is full says so, and the tool stays in use', async () => {
  const world = await makeAsideWorld();
  mountSmall(world.live('.pi/tools/disabled'), '16k');
  writeFileSync(world.live('.pi/tools/disabled/filler'), Buffer.alloc(12 * 1024));
  const bytes = world.readLive(world.path(0));
  editTool(world.live(world.path(0)), (tool) => ({ ...tool, description: 'x'.repeat(20_000) }));
  const { apply } = await planAside(world, [world.path(0)]);
  const before = picture(world.root);
  expect((await failureOf(apply())).code).toBe('disk-full');
  expect(picture(world.root)).toEqual(before);
  writeFileSync(world.live(world.path(0)), bytes);
});
