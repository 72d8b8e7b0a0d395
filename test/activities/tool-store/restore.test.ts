/** Plan, apply and undo on real files: every kind of damage comes right, and every undo gives back what was there. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addTool, editTool, failureOf, logPath, makeWorld, picture, recovery, restore, target, type World } from './world.ts';

const night = '2026-11-22T02:00:00.000Z';

const damages: Record<string, { harm: (world: World) => void; overwrites: boolean }> = {
  'the whole .pi folder is gone': { harm: (world) => rmSync(world.live('.pi'), { recursive: true }), overwrites: false },
  'the tools folder is gone': { harm: (world) => rmSync(world.live('.pi/tools'), { recursive: true }), overwrites: false },
  'the tools folder is empty': {
    harm(world) {
      rmSync(world.live('.pi/tools'), { recursive: true });
      mkdirSync(world.live('.pi/tools'));
    },
    overwrites: false,
  },
  'some tools are gone': {
    harm: (world) => world.sample.tools.slice(0, 4).forEach(({ path }) => rmSync(world.live(path))),
    overwrites: false,
  },
  'some are cut off': {
    harm: (world) => world.sample.tools.slice(0, 4).forEach(({ path }) => truncateSync(world.live(path), 77)),
    overwrites: true,
  },
  'one is empty': { harm: (world) => truncateSync(world.live(world.sample.tools[0]!.path), 0), overwrites: true },
  'one is not JSON': { harm: (world) => writeFileSync(world.live(world.sample.tools[0]!.path), 'hello'), overwrites: true },
  'one has code that does not fit its id': {
    harm: (world) => editTool(world.live(world.sample.tools[0]!.path), (tool) => ({ ...tool, code: 'function execute() {}' })),
    overwrites: true,
  },
  'a field was changed that no id covers': {
    harm: (world) => editTool(world.live(world.sample.tools[0]!.path), (tool) => ({ ...tool, description: 'lies' })),
    overwrites: true,
  },
  'a mode is lost': { harm: (world) => chmodSync(world.live(world.sample.tools[0]!.path), 0o600), overwrites: true },
  'an owner is lost': { harm: (world) => chownSync(world.live(world.sample.tools[0]!.path), 1234, 1235), overwrites: true },
  'a link stands in the place of a tool': {
    harm(world) {
      rmSync(world.live(world.sample.tools[0]!.path));
      symlinkSync('/etc/passwd', world.live(world.sample.tools[0]!.path));
    },
    overwrites: true,
  },
  'the log is gone': { harm: (world) => rmSync(world.live(logPath)), overwrites: false },
};

test.each(Object.entries(damages))(
  '%s: restored byte for byte with modes, and undone the same way',
  async (_, { harm, overwrites }) => {
    const world = await makeWorld();
    chmodSync(world.live(world.sample.tools[1]!.path), 0o640);
    const id = await world.verified(night);
    const good = picture(world.root);
    harm(world);
    const damaged = picture(world.root);
    const passwd = readFileSync('/etc/passwd');
    const { plan, receipt, undo, apply } = await restore(world, id);
    expect(plan.counts.overwrite > 0).toBe(overwrites);
    expect(plan.size.items).toBeGreaterThan(0);
    expect(receipt).toMatchObject({ written: plan.size.items, already: 0, findings: [] });
    expect(picture(world.root)).toEqual(good);
    expect((await world.tools.verifyRestoredTools({ target, plan: plan.ref })).filter(({ ok }) => !ok)).toEqual([]);
    // Twice finds it done.
    expect(await apply()).toMatchObject({ written: 0, already: plan.size.items });
    expect((await undo()).kept).toEqual([]);
    expect(picture(world.root)).toEqual(damaged);
    expect(await undo()).toEqual({ restored: 0, removed: 0, kept: [] });
    expect(picture(world.root)).toEqual(damaged);
    // And forward again: an undo does not spoil the protected copy.
    expect((await apply()).written).toBe(plan.size.items);
    expect(picture(world.root)).toEqual(good);
    expect(readFileSync('/etc/passwd')).toEqual(passwd);
  },
);

test('a plan only reads, says the same of the same world, and keeps its head small', async () => {
  const world = await makeWorld({ tools: 90 });
  const id = await world.verified(night);
  for (const { path } of world.sample.tools.slice(0, 30)) rmSync(world.live(path));
  for (const { path } of world.sample.tools.slice(30, 40)) truncateSync(world.live(path), 50);
  const before = picture(world.root);
  const plan = await world.tools.planRestore({ target, recovery, backup: id });
  expect(picture(world.root)).toEqual(before);
  expect(await world.tools.planRestore({ target, recovery, backup: id })).toEqual(plan);
  const other = await world.tools.planRestore({ target, recovery: `${recovery}0`, backup: id });
  expect(other.digest).toBe(plan.digest);
  expect(plan.counts).toEqual({ add: 30, overwrite: 10, keep: 50, remove: 0 });
  expect(plan.size.share).toBeCloseTo(40 / 90);
  expect(plan.changes).toHaveLength(20);
  expect(plan.truncated).toBe(true);
  expect(plan.changes.every(({ action }) => action !== 'keep')).toBe(true);
  expect(Buffer.byteLength(JSON.stringify(plan))).toBeLessThan(8_000);
  const whole = JSON.parse((await world.ports.records.get(plan.ref))!) as { changes: unknown[]; digest: string };
  expect(whole.changes).toHaveLength(90);
  expect(whole.digest).toBe(plan.digest);
  rmSync(world.live(world.sample.tools[50]!.path));
  expect((await world.tools.planRestore({ target, recovery, backup: id })).digest).not.toBe(plan.digest);
});

test('use is not damage: a tool that only ran since stays as it is', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const used = world.live(world.sample.tools[0]!.path);
  const at = '2026-11-22T09:00:00.000Z';
  editTool(used, (tool) => ({ ...tool, usageCount: Number(tool['usageCount']) + 3, lastUsedAt: at, updatedAt: at }));
  rmSync(world.live(world.sample.tools[1]!.path));
  const content = readFileSync(used);
  const { plan } = await restore(world, id);
  expect(plan.counts).toMatchObject({ add: 1, overwrite: 0, keep: 11 });
  expect(readFileSync(used)).toEqual(content);
  const checks = await world.tools.verifyRestoredTools({ target, plan: plan.ref });
  expect(checks.find(({ id: name }) => name === 'checksums')).toMatchObject({ ok: true });
});

test('a tool that was used and lost its mode keeps its use and gets its mode', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const used = world.live(world.sample.tools[0]!.path);
  editTool(used, (tool) => ({ ...tool, usageCount: 9_999 }));
  chmodSync(used, 0o600);
  const content = readFileSync(used);
  const damaged = picture(world.root);
  const { plan, undo } = await restore(world, id);
  expect(plan.changes[0]).toMatchObject({ action: 'overwrite', before: expect.stringContaining('mode 0600') as string });
  expect(picture(world.root)[world.sample.tools[0]!.path]).toMatch(/^644 /);
  expect(readFileSync(used)).toEqual(content);
  await undo();
  expect(picture(world.root)).toEqual(damaged);
});

test('tools added since are kept and reported', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const foreign = addTool(world.root, 'added_since');
  rmSync(world.live(world.sample.tools[0]!.path));
  const { plan } = await restore(world, id);
  expect(plan.summary.en).toContain('1 added since the backup kept');
  expect(plan.needsPeople).toBeUndefined();
  expect(existsSync(world.live(foreign))).toBe(true);
  const checks = await world.tools.verifyRestoredTools({ target, plan: plan.ref });
  expect(checks[0]).toMatchObject({ id: 'tool-count', ok: true, evidence: { expected: 12, found: 12, inStore: 13 } });
});

test('above the limit of 100 people are needed, and the tools added since are named', async () => {
  const world = await makeWorld({ tools: 99 });
  const id = await world.verified(night);
  for (const { path } of world.sample.tools.slice(0, 5)) rmSync(world.live(path));
  addTool(world.root, 'extra_one');
  addTool(world.root, 'extra_two');
  const plan = await world.tools.planRestore({ target, recovery, backup: id });
  expect(plan.counts).toMatchObject({ add: 5, overwrite: 0 });
  expect(plan.needsPeople?.en).toMatch(/101 tools would be there and the agent takes 100.*extra_(one|two).*extra_(one|two)/);
  expect(plan.needsPeople?.ja).toContain('extra_one');
});

test('a tool that came after the plan and passes the limit sends it back to people', async () => {
  const world = await makeWorld({ tools: 100 });
  const id = await world.verified(night);
  rmSync(world.live(world.sample.tools[0]!.path));
  const { ref } = await world.tools.protectToolStore({ target, recovery });
  const plan = await world.tools.planRestore({ target, recovery, backup: id });
  expect(plan.needsPeople).toBeUndefined();
  addTool(world.root, 'one_too_many');
  const failure = await failureOf(world.tools.applyRestore({ target, plan: plan.ref, digest: plan.digest, protectedAs: ref }));
  expect(failure.code).toBe('plan-changed');
});

test('a name taken since by another tool needs people', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  rmSync(world.live(world.sample.tools[0]!.path));
  addTool(world.root, 'test_tool', 'function execute() { return "new one"; }');
  const plan = await world.tools.planRestore({ target, recovery, backup: id });
  expect(plan.needsPeople?.en).toContain('Names that two tools would bear: test_tool');
});

test('a tool that was put aside on purpose does not come back into use, unless it is asked for', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const { path, name } = world.sample.tools[0]!;
  mkdirSync(world.live('.pi/tools/quarantine'));
  writeFileSync(world.live(path.replace('tools/', 'tools/quarantine/')), readFileSync(world.live(path)));
  rmSync(world.live(path));
  const whole = await restore(world, id);
  expect(existsSync(world.live(path))).toBe(false);
  expect((await world.tools.verifyRestoredTools({ target, plan: whole.plan.ref })).filter(({ ok }) => !ok)).toEqual([]);
  await restore(world, id, [name]);
  expect(existsSync(world.live(path))).toBe(true);
});

test('named tools come back and every other one is left alone, damaged or not', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const [one, two, three] = world.sample.tools;
  for (const { path } of [one!, two!, three!]) truncateSync(world.live(path), 60);
  rmSync(world.live(logPath));
  const before = picture(world.root);
  const good = readFileSync(join(world.inRepository(id), 'files', one!.path));
  const { plan, receipt } = await restore(world, id, [one!.name, two!.id]);
  expect(plan.counts).toEqual({ add: 0, overwrite: 2, keep: 0, remove: 0 });
  expect(receipt.logRestored).toBe(false);
  expect(readFileSync(world.live(one!.path))).toEqual(good);
  const changed = Object.entries(picture(world.root)).filter(([path, facts]) => before[path] !== facts);
  expect(changed.map(([path]) => path).toSorted()).toEqual([one!.path, two!.path].toSorted());
  expect((await world.tools.verifyRestoredTools({ target, plan: plan.ref })).filter(({ ok }) => !ok)).toEqual([]);
});

test('tools that the backup does not hold are named one by one', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  const tools = [world.sample.tools[0]!.name, 'nobody', 'dt_000000000000'];
  const failure = await failureOf(world.tools.planRestore({ target, recovery, backup: id, tools }));
  expect(failure.code).toBe('unknown-tool');
  expect(failure.message).toContain('nobody, dt_000000000000');
  expect(failure.details).toMatchObject({ errors: [{ path: 'tools.1' }, { path: 'tools.2' }] });
});

test('an existing log is never touched, not even a damaged one', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  truncateSync(world.live(logPath), 17);
  rmSync(world.live('.pi/tools'), { recursive: true });
  const { receipt } = await restore(world, id);
  expect(receipt.logRestored).toBe(false);
  expect(readFileSync(world.live(logPath))).toHaveLength(17);
});
