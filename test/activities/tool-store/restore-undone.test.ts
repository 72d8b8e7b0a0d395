/** The undo of a restore on real files: it gives back what was there, and keeps what somebody made since. */
import { appendFileSync, chmodSync, existsSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addTool, editTool, failureOf, logPath, makeWorld, picture, restore, target } from './world.ts';

const night = '2026-11-22T02:00:00.000Z';

test('a log that grew after it came back stays at an undo, and is named', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  rmSync(world.live('.pi'), { recursive: true });
  const { undo, receipt } = await restore(world, id);
  expect(receipt.logRestored).toBe(true);
  appendFileSync(world.live(logPath), '{"action":"run_dynamic_tool"}\n');
  expect(await undo()).toEqual({ restored: 0, removed: 12, kept: [logPath] });
  expect(readFileSync(world.live(logPath), 'utf8')).toMatch(/run_dynamic_tool"}\n$/);
});

test('what somebody changed after the restore is kept by an undo, and named', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const [one, two, three] = world.sample.tools;
  for (const { path } of [one!, two!]) truncateSync(world.live(path), 60);
  rmSync(world.live(three!.path));
  const { undo } = await restore(world, id);
  editTool(world.live(one!.path), (tool) => ({ ...tool, description: 'my own edit' }));
  editTool(world.live(three!.path), (tool) => ({ ...tool, description: 'my own edit' }));
  const receipt = await undo();
  expect(receipt).toMatchObject({ restored: 1, removed: 0 });
  expect(receipt.kept.toSorted()).toEqual([one!.path, three!.path].toSorted());
  expect(readFileSync(world.live(one!.path), 'utf8')).toContain('my own edit');
  expect(readFileSync(world.live(two!.path))).toHaveLength(60);
});

test('what an undo removes is copied aside first', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const { path } = world.sample.tools[0]!;
  const content = readFileSync(world.live(path));
  rmSync(world.live(path));
  const { undo, kept } = await restore(world, id);
  await undo();
  expect(existsSync(world.live(path))).toBe(false);
  expect(readFileSync(join(world.data, kept.ref, 'undone', path))).toEqual(content);
});

test('an undo whose protected file is gone changes nothing and says so', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const { path } = world.sample.tools[0]!;
  truncateSync(world.live(path), 60);
  const { undo, kept } = await restore(world, id);
  const good = picture(world.root);
  rmSync(join(world.data, kept.ref, 'files', path));
  expect((await failureOf(undo())).code).toBe('not-protected');
  expect(picture(world.root)).toEqual(good);
});

test('whatever happens to a store, a restore brings it right and an undo gives it back', async () => {
  const harm = fc.record({
    tool: fc.nat({ max: 11 }),
    how: fc.constantFrom('remove', 'cut', 'text', 'mode', 'use', 'edit', 'link', 'touch'),
    amount: fc.nat({ max: 400 }),
  });
  const world = await makeWorld();
  const id = await world.verified(night);
  const pristine = new Map(world.sample.tools.map(({ path }) => [path, readFileSync(world.live(path))]));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(harm, { maxLength: 14 }), fc.boolean(), fc.nat({ max: 3 }), async (harms, logGone, foreign) => {
      for (const { tool, how, amount } of harms) harmOne(world.live(world.sample.tools[tool]!.path), how, amount);
      if (logGone) rmSync(world.live(logPath), { force: true });
      for (let n = 0; n < foreign; n++) addTool(world.root, `foreign_${n}`);
      const before = picture(world.root);
      const recoveryId = `tools~run-${run++}`;
      const kept = await world.tools.protectToolStore({ target, recovery: recoveryId });
      const plan = await world.tools.planRestore({ target, recovery: recoveryId, backup: id });
      await world.tools.applyRestore({ target, plan: plan.ref, digest: plan.digest, protectedAs: kept.ref });
      const checks = await world.tools.verifyRestoredTools({ target, plan: plan.ref });
      expect(checks.filter(({ ok }) => !ok)).toEqual([]);
      await world.tools.undoRestore({ target, plan: plan.ref, protectedAs: kept.ref });
      expect(picture(world.root)).toEqual(before);
      for (const [path, content] of pristine) {
        rmSync(world.live(path), { force: true });
        writeFileSync(world.live(path), content, { mode: 0o644 });
      }
      if (logGone) writeFileSync(world.live(logPath), readFileSync(join(world.inRepository(id), 'files', logPath)));
    }),
    { numRuns: 25 },
  );
});

/** One mishap; what was harmed before may be harmed again. */
function harmOne(path: string, how: string, amount: number): void {
  const there = existsSync(path);
  if (how === 'remove') rmSync(path, { force: true });
  else if (how === 'text') writeOver(path, `text ${amount}`);
  else if (how === 'link') {
    rmSync(path, { force: true });
    symlinkSync(`nowhere-${amount}`, path);
  } else if (!there) return;
  else if (how === 'cut') truncateSync(path, amount);
  else if (how === 'mode') chmodSync(path, amount % 2 === 0 ? 0o600 : 0o755);
  else {
    try {
      editTool(path, (tool) => ({
        ...tool,
        ...(how === 'use' ? { usageCount: amount } : how === 'edit' ? { tags: [String(amount)] } : {}),
      }));
    } catch {
      // Cut off earlier: there is nothing left to edit.
    }
  }
}

function writeOver(path: string, content: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, content);
}
