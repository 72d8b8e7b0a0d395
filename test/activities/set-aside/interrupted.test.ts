/** Killed at every single effect, and run again: each move ends as if nothing had happened; whatever the instant, no tool is nowhere. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileTree } from '../../../activities/ports/file-tree.ts';
import { createSetAsideActivities } from '../../../activities/set-aside/create-set-aside-activities.ts';
import { picture } from '../tool-store/world.ts';
import { makeAsideWorld, planAside, planBack, type AsideWorld } from './aside-world.ts';

const effects = ['link', 'copy', 'rename', 'makeLink', 'makeFolder', 'remove', 'removeIfEmpty', 'syncFolder'] as const;

/** Dies at the n-th effect as a killed process does: a copy stays half written, and nothing is done afterwards. */
function mortal(world: AsideWorld, dieAt: number, links: boolean) {
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
      if (name === 'link' && !links) throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
      if (++count === dieAt) {
        if (name === 'copy') writeHalf(args[1] as { root: string; path: string });
        die();
      }
      return real(...args);
    };
  }
  const aside = createSetAsideActivities({ ...world.ports, files: files as unknown as FileTree });
  return { aside, died: () => dead };
}

function writeHalf({ root, path }: { root: string; path: string }): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), 'half');
}

const contents = (world: AsideWorld): string[] =>
  Object.values(picture(world.live('.pi/tools'))).map((line) => line.split(' ').at(-1)!);

interface Work {
  readonly input: { readonly target: string; readonly plan: string; readonly digest: string };
  readonly verb: 'applySetAside' | 'undoSetAside' | 'applyBringBack';
  /** What a second process does; the same again when left out. */
  readonly then?: 'undoSetAside';
  readonly check: () => void | Promise<void>;
}

/** Kills at the first effect, the second, and so on until the work gets through. Answers how often it killed. */
async function sweep(prepare: (world: AsideWorld) => Promise<Work>, links: boolean): Promise<number> {
  for (let dieAt = 1; ; dieAt++) {
    const world = await makeAsideWorld({ tools: 4 });
    const whole = new Set(contents(world));
    const { input, verb, then = verb, check } = await prepare(world);
    const { aside, died } = mortal(world, dieAt, links);
    await aside[verb](input).catch((error: unknown) => {
      if (!died()) throw error;
    });
    for (const content of whole) expect(contents(world)).toContain(content);
    if (died()) await world.aside[then](input);
    if (died() || then === verb) await check();
    rmSync(world.folder, { recursive: true });
    if (!died()) return dieAt - 1;
  }
}

describe.each([true, false])('with second names: %s', (links) => {
  const away = (world: AsideWorld) => planAside(world, [world.path(0), world.path(1)]);
  const isVerified = async ({ verify }: Awaited<ReturnType<typeof away>>): Promise<void> =>
    expect((await verify()).filter(({ ok }) => !ok)).toEqual([]);
  const isAsBefore = (world: AsideWorld) => {
    const before = picture(world.root);
    return () => expect(picture(world.root)).toEqual(before);
  };

  test('putting away', async () => {
    const kills = await sweep(async (world) => {
      const planned = await away(world);
      return { ...planned, verb: 'applySetAside', check: () => isVerified(planned) };
    }, links);
    expect(kills).toBeGreaterThan(5);
  });
  test('putting away, undone instead', async () => {
    const kills = await sweep(async (world) => {
      const check = isAsBefore(world);
      return { ...(await away(world)), verb: 'applySetAside', then: 'undoSetAside', check };
    }, links);
    expect(kills).toBeGreaterThan(5);
  });
  test('taking back', async () => {
    const kills = await sweep(async (world) => {
      const check = isAsBefore(world);
      const planned = await away(world);
      await planned.apply();
      return { ...planned, verb: 'undoSetAside', check };
    }, links);
    expect(kills).toBeGreaterThan(5);
  });
  test('bringing back', async () => {
    const kills = await sweep(async (world) => {
      await (await away(world)).apply();
      const planned = await planBack(world, [world.sample.tools[0]!.id, world.sample.tools[1]!.name]);
      return { ...planned, verb: 'applyBringBack', check: () => isVerified(planned) };
    }, links);
    expect(kills).toBeGreaterThan(5);
  });
});
