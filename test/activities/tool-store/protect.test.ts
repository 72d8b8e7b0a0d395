/** The protected copy: complete, hashed on both sides, and the first one stands. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addTool, editTool, failureOf, makeWorld, mountSmall, picture, recovery, sha256, target, type World } from './world.ts';

const protect = (world: World, id = recovery) => world.tools.protectToolStore({ target, recovery: id });
const manifestOf = (world: World, ref: string) =>
  JSON.parse(readFileSync(join(world.data, ref, 'manifest.json'), 'utf8')) as {
    files: { path: string; sha256: string; mode: string }[];
    links: { path: string; pointsTo: string }[];
    log: { bytes: number } | null;
  };

test('every file that is left is copied outside the target, sub-folders too, and links are noted', async () => {
  const world = await makeWorld();
  mkdirSync(world.live('.pi/tools/disabled'));
  writeFileSync(world.live('.pi/tools/disabled/old.json'), '{}');
  writeFileSync(world.live('.pi/tools/broken.json'), '{"cut');
  symlinkSync('/etc/passwd', world.live('.pi/tools/dt_link.json'));
  const before = picture(world.root);
  const receipt = await protect(world);
  expect(receipt).toMatchObject({ ref: `protected/${target}/${recovery}`, files: 14 });
  const manifest = manifestOf(world, receipt.ref);
  for (const file of manifest.files) {
    const copy = readFileSync(join(world.data, receipt.ref, 'files', file.path));
    expect(copy).toEqual(readFileSync(world.live(file.path)));
    expect(file.sha256).toBe(sha256(copy));
  }
  expect(manifest.links).toEqual([expect.objectContaining({ path: '.pi/tools/dt_link.json', pointsTo: '/etc/passwd' })]);
  expect(manifest.log?.bytes).toBe(readFileSync(world.live('.pi/logs/dynamic-tools-audit.jsonl')).length);
  expect(picture(world.root)).toEqual(before);
});

test('the first copy of a recovery stands, whatever changed since', async () => {
  const world = await makeWorld();
  const first = await protect(world);
  const kept = picture(join(world.data, first.ref));
  editTool(world.live(world.sample.tools[0]!.path), (tool) => ({ ...tool, description: 'already restored' }));
  addTool(world.root, 'later');
  expect(await protect(world)).toEqual(first);
  expect(picture(join(world.data, first.ref))).toEqual(kept);
  expect((await protect(world, `${recovery}0`)).files).toBe(13);
});

test('a copy that was not finished is made anew', async () => {
  const world = await makeWorld();
  const receipt = await protect(world);
  rmSync(join(world.data, receipt.ref, 'manifest.json'));
  writeFileSync(join(world.data, receipt.ref, 'files/.pi/tools/stray.json'), 'half');
  expect(await protect(world)).toMatchObject({ files: 12 });
  expect(existsSync(join(world.data, receipt.ref, 'files/.pi/tools/stray.json'))).toBe(false);
});

test('an empty store and a missing tools folder are protected as what they are', async () => {
  const world = await makeWorld();
  rmSync(world.live('.pi/tools'), { recursive: true });
  expect(await protect(world)).toMatchObject({ files: 0, bytes: 0 });
  rmSync(world.root, { recursive: true });
  expect((await failureOf(protect(world, `${recovery}0`))).code).toBe('target-missing');
});

test('bytes that did not arrive as they left are noticed', async () => {
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      files: {
        ...ports.files,
        async copy(from, to, options, signal) {
          const copied = await ports.files.copy(from, to, options, signal);
          if (to.path.endsWith(world.sample.tools[4]!.path)) writeFileSync(join(to.root, to.path), 'rotten');
          return copied;
        },
      },
    }),
  });
  expect((await failureOf(protect(world))).code).toBe('not-protected');
  expect(existsSync(join(world.data, `protected/${target}/${recovery}`))).toBe(false);
});

test('a store that never holds still is not called protected', async () => {
  let turn = 0;
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      files: {
        ...ports.files,
        async copy(...args) {
          appendFileSync(join(args[0].root, world.sample.tools[4]!.path), String(turn++));
          return ports.files.copy(...args);
        },
      },
    }),
  });
  const failure = await failureOf(protect(world));
  expect(failure.code).toBe('not-protected');
  expect(failure.message).toContain('change while they are copied');
});

test('a file that changes right after it was copied is noticed and copied again', async () => {
  let once = true;
  const world = await makeWorld({
    wrap: (ports) => ({
      ...ports,
      files: {
        ...ports.files,
        async copy(...args) {
          const copied = await ports.files.copy(...args);
          if (once && args[0].path === world.sample.tools[4]!.path) {
            once = false;
            appendFileSync(join(args[0].root, args[0].path), ' ');
          }
          return copied;
        },
      },
    }),
  });
  const { ref } = await protect(world);
  const { path } = world.sample.tools[4]!;
  expect(readFileSync(join(world.data, ref, 'files', path))).toEqual(readFileSync(world.live(path)));
});

test('a data folder without room is disk-full, with the missing bytes, and nothing is left', async () => {
  const world = await makeWorld();
  writeFileSync(world.live('.pi/tools/large.json'), Buffer.alloc(3_000_000, 'x'));
  mkdirSync(world.data, { recursive: true });
  mountSmall(world.data, '1m');
  const failure = await failureOf(protect(world));
  expect(failure.code).toBe('disk-full');
  expect(failure.message).toMatch(/protected.*: \d+ bytes are missing of \d+/);
  expect(existsSync(join(world.data, `protected/${target}/${recovery}`))).toBe(false);
});

test('an id that is no id never becomes a path', async () => {
  const world = await makeWorld();
  expect((await failureOf(protect(world, '../../out'))).code).toBe('invalid-input');
});
