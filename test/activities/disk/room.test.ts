/** What a look at the disk tells, which tools are least used, what counts as ours, and what the diagnosis suggests. */
import { existsSync, mkdirSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDiskActivities } from '../../../activities/disk/create-disk-activities.ts';
import { fillUp } from '../../support/mounts.ts';
import { failureOf, logPath, makeWorld, mountSmall, picture, target } from '../tool-store/world.ts';

const run = (toolName: string): string => `${JSON.stringify({ action: 'run_dynamic_tool', toolName, success: true })}\n`;

test('a look tells free room per file system and use per folder, and changes nothing', async () => {
  const world = await makeWorld({ tools: 4 });
  mountSmall(world.live('.pi/logs/archive'), '1m');
  writeFileSync(world.live('.pi/logs/archive/big'), Buffer.alloc(300_000));
  symlinkSync('/usr', world.live('.pi/tools/link'));
  mkdirSync(world.data, { recursive: true });
  const before = picture(world.root);
  const use = await createDiskActivities(world.ports).lookAtDisk({ target });
  expect(use.fileSystems.map(({ holds }) => holds)).toEqual([['target', 'data']]);
  expect(use.freeBytes).toBe(use.fileSystems[0]!.freeBytes);
  const { blocks, bsize } = statfsSync(world.root);
  // One in memory grows and shrinks a little with it.
  expect(Math.abs(use.totalBytes / (blocks * bsize) - 1)).toBeLessThan(0.001);
  const bytes = new Map(use.folders.map((folder) => [folder.path, folder]));
  expect(bytes.get('.pi/logs/archive')).toMatchObject({ files: 1 });
  expect(bytes.get('.pi/logs/archive')!.bytes).toBeGreaterThanOrEqual(300_000);
  expect(bytes.get('.pi/tools')).toMatchObject({ files: 5 });
  expect(bytes.get('.pi')!.bytes).toBeLessThan(10_000_000);
  expect(use.folders[0]!.path).toBe('.pi');
  expect(picture(world.root)).toEqual(before);
});

test('least used tools come first, those that nobody ran among them; without a log that is said', async () => {
  const world = await makeWorld({ tools: 3 });
  const [a, b, c] = world.sample.tools.map(({ name }) => name) as [string, string, string];
  writeFileSync(world.live(logPath), run(b) + run(c) + run(c) + run('gone'));
  const disk = createDiskActivities(world.ports);
  expect(await disk.listLeastUsedTools({ target })).toEqual({
    tools: [
      { tool: a, runs: 0 },
      { tool: b, runs: 1 },
      { tool: c, runs: 2 },
    ],
    uncounted: false,
  });
  rmSync(world.live(logPath));
  expect(await disk.listLeastUsedTools({ target })).toMatchObject({ uncounted: true });
});

test('only our own unfinished files go, and no piece of a log', async () => {
  const world = await makeWorld({ tools: 2 });
  const files = ['.pi/tools/.okiagari-1-dt_1.json.tmp', '.pi/logs/archive/.okiagari-1-audit.jsonl.gz.tmp'];
  const others = ['.pi/logs/.okiagari-1-dynamic-tools-audit.jsonl.tmp', '.pi/tools/mine.tmp', '.pi/logs/notes.txt'];
  mkdirSync(world.live('.pi/logs/archive'));
  for (const path of [...files, ...others]) writeFileSync(world.live(path), 'half');
  const disk = createDiskActivities(world.ports);
  expect(await disk.removeOwnLeftovers({ target })).toEqual({ removed: 2, bytes: 8 });
  expect(files.filter((path) => existsSync(world.live(path)))).toEqual([]);
  expect(others.filter((path) => !existsSync(world.live(path)))).toEqual([]);
  expect(await disk.removeOwnLeftovers({ target })).toEqual({ removed: 0, bytes: 0 });
});

test('a full disk is a symptom, and the scenario is suggested', async () => {
  const world = await makeWorld({ tools: 2 });
  await world.verified('2026-11-22T02:00:00.000Z');
  expect((await world.tools.diagnoseToolStore({ target })).suggests).toEqual([]);
  const root = join(world.folder, 'small');
  mountSmall(root, '1m');
  const small = await makeWorld({ tools: 2, logLines: 10, at: { root } });
  fillUp(join(root, 'filler'));
  const { symptoms, suggests } = await small.tools.diagnoseToolStore({ target });
  expect(symptoms.map(({ id }) => id)).toContain('disk-short');
  expect(suggests.at(-1)).toMatchObject({ scenario: 'disk-exhaustion', input: {} });
});

test('a target that is gone is a failure of its own', async () => {
  const world = await makeWorld();
  rmSync(world.root, { recursive: true });
  const disk = createDiskActivities(world.ports);
  for (const work of [
    disk.lookAtDisk({ target }),
    disk.removeOwnLeftovers({ target }),
    disk.verifyDisk({ target, freeBefore: 0 }),
  ]) {
    expect(await failureOf(work)).toMatchObject({ code: 'target-missing' });
  }
});
