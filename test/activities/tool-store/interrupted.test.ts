/** Killed at every single effect, and run again: each activity ends as if nothing had happened, with nothing left over. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { FileTree } from '../../../activities/ports/file-tree.ts';
import type { DirectoryEntry } from '../../../contracts/inventory.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { createToolStoreActivities } from '../../../activities/tool-store/create-tool-store-activities.ts';
import type { ToolStoreActivities } from '../../../activities/tool-store/interface.ts';
import { createDirectoryRepository } from '../../../adapters/files/directory-repository.ts';
import { idAt, logPath, makeWorld, picture, recovery, target, type World } from './world.ts';

const night = '2026-11-22T02:00:00.000Z';
const effects = [
  'copy',
  'rename',
  'setAttributes',
  'makeLink',
  'writeDocument',
  'makeFolder',
  'remove',
  'removeTree',
  'syncFolder',
] as const;

/**
 * Ports that die at their n-th effect as a killed process does: a copy stays half written, and nothing is done afterwards,
 * no tidying either. Effects before it are on the disk.
 */
function mortal(world: World, dieAt: number): { readonly tools: ToolStoreActivities; readonly died: () => boolean } {
  let count = 0;
  let dead = false;
  const die = (): never => {
    dead = true;
    throw new Error('killed');
  };
  const files = { ...world.ports.files } as Record<keyof FileTree, unknown>;
  for (const name of effects) {
    const real = world.ports.files[name] as (...args: unknown[]) => Promise<unknown>;
    files[name] = async (...args: unknown[]) => {
      if (dead) die();
      if (++count === dieAt) {
        if (name === 'copy') writeHalf(args[1] as { root: string; path: string });
        die();
      }
      return real(...args);
    };
  }
  const tree = files as unknown as FileTree;
  const repositories: Ports['repositories'] = (entry) => createDirectoryRepository(entry as DirectoryEntry, tree);
  const ports: Ports = { ...world.ports, files: tree, repositories };
  return { tools: createToolStoreActivities(ports), died: () => dead };
}

/** Makes a folder and all below it two hours old. */
function age(folder: string): void {
  const then = new Date(Date.now() - 7_200_000);
  for (const name of ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    utimesSync(join(folder, name), then, then);
  }
}

function writeHalf({ root, path }: { root: string; path: string }): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), 'half');
}

/** Kills at the first effect, the second, and so on until the work gets through; runs it again each time. */
async function sweep(
  prepare: () => Promise<World>,
  work: (tools: ToolStoreActivities, world: World) => Promise<unknown>,
  check: (world: World) => Promise<void> | void,
) {
  for (let dieAt = 1; ; dieAt++) {
    const world = await prepare();
    const { tools, died } = mortal(world, dieAt);
    await work(tools, world).catch((error: unknown) => {
      if (!died()) throw error;
    });
    if (died()) await work(world.tools, world);
    await check(world);
    rmSync(world.folder, { recursive: true });
    if (!died()) return dieAt;
  }
}

const noLeftovers = (world: World): void => {
  for (const folder of ['.pi/tools', '.pi/logs']) {
    const names = existsSync(world.live(folder)) ? readdirSync(world.live(folder)) : [];
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }
};

/** Five tools: one gone, one cut, one with a lost mode, and no log. */
async function damaged(): Promise<World & { good: Record<string, string>; bad: Record<string, string>; id: string }> {
  const world = await makeWorld({ tools: 5, logLines: 20 });
  const id = await world.verified(night);
  const good = picture(world.root);
  rmSync(world.live(world.sample.tools[0]!.path));
  truncateSync(world.live(world.sample.tools[1]!.path), 60);
  rmSync(world.live('.pi/logs'), { recursive: true });
  return { ...world, good, bad: picture(world.root), id };
}

test('a backup', async () => {
  const kills = await sweep(
    () => makeWorld({ tools: 3, logLines: 20, repositories: ['local', 'offsite'] }),
    (tools) => tools.takeToolStoreBackup({ target, id: idAt(night), kind: 'full', startedAt: night }),
    async (world) => {
      expect((await world.tools.testToolStoreBackup({ target, backup: idAt(night) })).status).toBe('verified');
      expect((await world.tools.listToolStoreBackups({ target }))[0]?.repositories).toEqual(['local', 'offsite']);
      for (const repository of ['local', 'offsite']) {
        expect(
          Object.keys(picture(world.inRepository(idAt(night), repository))).filter((path) => path.endsWith('.json')),
        ).toHaveLength(5);
      }
    },
  );
  expect(kills).toBeGreaterThan(10);
});

test('a restore test', async () => {
  const kills = await sweep(
    async () => {
      const world = await makeWorld({ tools: 3, logLines: 20 });
      await world.backUp(night);
      return world;
    },
    (tools) => tools.testToolStoreBackup({ target, backup: idAt(night) }),
    async (world) => {
      expect((await world.tools.listToolStoreBackups({ target }))[0]?.status).toBe('verified');
      const scratch = join(world.data, 'scratch', target);
      // What the killed one left may, for all the next knows, still be in use; it goes when it is old.
      const left = existsSync(scratch) ? readdirSync(scratch) : [];
      expect(left.length).toBeLessThanOrEqual(1);
      for (const name of left) age(join(scratch, name));
      await world.tools.testToolStoreBackup({ target, backup: idAt(night) });
      expect(existsSync(scratch) ? readdirSync(scratch) : []).toEqual([]);
    },
  );
  expect(kills).toBeGreaterThan(4);
});

test('protecting', async () => {
  const kills = await sweep(
    damaged,
    (tools) => tools.protectToolStore({ target, recovery }),
    (world) => {
      const home = join(world.data, 'protected', target, recovery);
      const manifest = JSON.parse(readFileSync(join(home, 'manifest.json'), 'utf8')) as { files: { path: string }[] };
      expect(manifest.files).toHaveLength(4);
      for (const { path } of manifest.files) {
        expect(readFileSync(join(home, 'files', path))).toEqual(readFileSync(world.live(path)));
      }
    },
  );
  expect(kills).toBeGreaterThan(5);
});

async function readyToApply() {
  const world = await damaged();
  const kept = await world.tools.protectToolStore({ target, recovery });
  const plan = await world.tools.planRestore({ target, recovery, backup: world.id });
  return { ...world, applyInput: { target, plan: plan.ref, digest: plan.digest, protectedAs: kept.ref } };
}

test('a restore', async () => {
  const kills = await sweep(
    readyToApply,
    (tools, world) => tools.applyRestore((world as Awaited<ReturnType<typeof readyToApply>>).applyInput),
    (world) => {
      expect(picture(world.root)).toEqual((world as Awaited<ReturnType<typeof readyToApply>>).good);
      noLeftovers(world);
    },
  );
  expect(kills).toBeGreaterThan(8);
});

test('a restore that was killed and is undone instead', async () => {
  for (let dieAt = 1; ; dieAt++) {
    const world = await readyToApply();
    const { tools, died } = mortal(world, dieAt);
    await tools.applyRestore(world.applyInput).catch(() => undefined);
    expect((await world.tools.undoRestore(world.applyInput)).kept).toEqual([]);
    expect(picture(world.root)).toEqual(world.bad);
    rmSync(world.folder, { recursive: true });
    if (!died()) break;
  }
});

test('an undo', async () => {
  const kills = await sweep(
    async () => {
      const world = await readyToApply();
      await world.tools.applyRestore(world.applyInput);
      return world;
    },
    (tools, world) => tools.undoRestore((world as Awaited<ReturnType<typeof readyToApply>>).applyInput),
    (world) => {
      expect(picture(world.root)).toEqual((world as Awaited<ReturnType<typeof readyToApply>>).bad);
      noLeftovers(world);
      expect(existsSync(world.live(logPath))).toBe(false);
    },
  );
  expect(kills).toBeGreaterThan(6);
});
