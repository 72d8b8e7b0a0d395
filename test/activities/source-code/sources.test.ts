/** Code of a target beside its git source: what differs is named, brought, and taken back byte for byte. */
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSourceCodeActivities } from '../../../activities/source-code/create-source-code-activities.ts';
import { makeGitRepository } from '../../support/git-repository.ts';
import { failureOf, makeWorld, picture, recovery, target, type World } from '../tool-store/world.ts';

const code = {
  'extensions/dynamic-tools.ts': 'export default 1;\n',
  'extensions/deep/more.ts': 'more\n',
  'extensions/run.sh*': '#!/bin/sh\n',
};

async function makeCode(wrap?: Parameters<typeof makeWorld>[0]) {
  const settings = { sources: [{ path: '.pi/extensions', git: '/placeholder', ref: 'main', folder: 'extensions' }] };
  const made = await makeWorld({ ...wrap, settings });
  const repository = makeGitRepository(made.folder);
  repository.commit(code);
  (made.ports.inventory().targets[0]!['sources'] as { git: string }[])[0]!.git = repository.path;
  const sources = createSourceCodeActivities(made.ports);
  const plan = (extras: 'keep' | 'move-out' = 'keep') => sources.planSources({ target, recovery, extras });
  return { ...made, repository, sources, plan };
}

function put(world: Pick<World, 'live'>, path: string, content: string, mode = 0o644): void {
  const file = world.live(path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

function damage(one: Pick<World, 'live'>): void {
  put(one, '.pi/extensions/dynamic-tools.ts', 'steal();\n');
  put(one, '.pi/extensions/run.sh', '#!/bin/sh\n', 0o4755);
  put(one, '.pi/extensions/evil.ts', 'evil\n');
  symlinkSync('/etc/passwd', one.live('.pi/extensions/linked.ts'));
}

describe('what differs', () => {
  test('is named by kind: missing, differing in bytes or mode, extra', async () => {
    const one = await makeCode();
    damage(one);
    expect(await one.sources.compareSources({ target })).toMatchObject([
      {
        path: '.pi/extensions',
        missing: ['.pi/extensions/deep/more.ts'],
        differing: ['.pi/extensions/dynamic-tools.ts', '.pi/extensions/run.sh'],
        extra: ['.pi/extensions/evil.ts', '.pi/extensions/linked.ts'],
        counts: { missing: 1, differing: 2, extra: 2 },
      },
    ]);
  });
  test('is a fault in its place where the repository cannot be read', async () => {
    const one = await makeCode();
    rmSync(one.repository.path, { recursive: true });
    const [compared] = await one.sources.compareSources({ target });
    expect(compared!.commit).toBeUndefined();
    expect(compared!.fault!.en).toContain('cannot be read');
    expect((await failureOf(one.plan())).code).toBe('source-unreachable');
  });
});

describe('bringing it', () => {
  test('adds to an empty store, and taking it back leaves no trace', async () => {
    const one = await makeCode();
    const before = picture(one.root);
    const plan = await one.plan();
    expect(plan.counts).toMatchObject({ add: 3, overwrite: 0, remove: 0 });
    const input = { target, plan: plan.ref, digest: plan.digest };
    expect(await one.sources.applySources(input)).toEqual({ written: 3, already: 0, movedOut: 0 });
    expect(readFileSync(one.live('.pi/extensions/deep/more.ts'), 'utf8')).toBe('more\n');
    expect(await one.sources.compareSources({ target })).toMatchObject([{ counts: { missing: 0, differing: 0, extra: 0 } }]);
    expect(await one.sources.applySources(input)).toEqual({ written: 0, already: 3, movedOut: 0 });
    expect(await one.sources.undoSources({ target, plan: plan.ref })).toMatchObject({ removed: 3, kept: [] });
    expect(picture(one.root)).toEqual(before);
  });

  test('overwrites and moves out what was copied first, and takes all of it back, links and modes too', async () => {
    const one = await makeCode();
    damage(one);
    const before = picture(one.root);
    const plan = await one.plan('move-out');
    expect(plan.counts).toMatchObject({ add: 1, overwrite: 2, remove: 2 });
    await one.sources.applySources({ target, plan: plan.ref, digest: plan.digest });
    expect(readdirSync(one.live('.pi/extensions')).toSorted()).toEqual(['deep', 'dynamic-tools.ts', 'run.sh']);
    expect(picture(one.root)).not.toEqual(before);
    await one.sources.undoSources({ target, plan: plan.ref });
    expect(picture(one.root)).toEqual(before);
  });

  test('keeps what the source does not hold unless told to move it out', async () => {
    const one = await makeCode();
    damage(one);
    const plan = await one.plan();
    await one.sources.applySources({ target, plan: plan.ref, digest: plan.digest });
    expect(existsSync(one.live('.pi/extensions/evil.ts'))).toBe(true);
  });

  test('goes on from where a killed attempt stopped, and takes half of it back', async () => {
    let left = 2;
    const one = await makeCode({
      wrap: (ports) => ({
        ...ports,
        files: {
          ...ports.files,
          rename: async (root, from, to) => {
            if (left-- === 0) throw new Error('killed');
            return ports.files.rename(root, from, to);
          },
        },
      }),
    });
    damage(one);
    const before = picture(one.root);
    const plan = await one.plan('move-out');
    const input = { target, plan: plan.ref, digest: plan.digest };
    await expect(one.sources.applySources(input)).rejects.toThrow('killed');
    left = -1;
    await one.sources.undoSources({ target, plan: plan.ref });
    expect(picture(one.root)).toEqual(before);
    left = 1;
    await expect(one.sources.applySources(input)).rejects.toThrow('killed');
    left = -1;
    await one.sources.applySources(input);
    expect(await one.sources.compareSources({ target })).toMatchObject([{ counts: { missing: 0, differing: 0, extra: 0 } }]);
  });

  test('refuses when the world is no longer what the plan saw, and leaves later changes of others alone', async () => {
    const one = await makeCode();
    damage(one);
    const plan = await one.plan('move-out');
    put(one, '.pi/extensions/dynamic-tools.ts', 'changed again\n');
    const input = { target, plan: plan.ref, digest: plan.digest };
    expect((await failureOf(one.sources.applySources(input))).code).toBe('plan-changed');
    expect((await failureOf(one.sources.applySources({ ...input, digest: '0'.repeat(64) }))).code).toBe('plan-changed');
    const again = await one.plan('move-out');
    await one.sources.applySources({ target, plan: again.ref, digest: again.digest });
    put(one, '.pi/extensions/dynamic-tools.ts', 'mine\n');
    expect(await one.sources.undoSources({ target, plan: again.ref })).toMatchObject({
      kept: ['.pi/extensions/dynamic-tools.ts'],
    });
    expect(readFileSync(one.live('.pi/extensions/dynamic-tools.ts'), 'utf8')).toBe('mine\n');
  });

  test('never goes through a link in the place of the folder', async () => {
    const one = await makeCode();
    const outside = join(one.folder, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, one.live('.pi/extensions'));
    expect((await failureOf(one.plan())).code).toBe('target-missing');
    expect(readdirSync(outside)).toEqual([]);
  });
});
