/** Tools that were put away come back whole, and only where nothing is overwritten and the agent would load them. */
import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addTool, editTool, failureOf, picture, recovery, target } from '../tool-store/world.ts';
import { allOk, makeAsideWorld, planAside, planBack, use } from './aside-world.ts';

test('comes back by name or id as it was put away, and an undo puts it away again', async () => {
  const world = await makeAsideWorld();
  const whole = picture(world.root);
  await (await planAside(world, [world.path(0), world.path(1)])).apply();
  const away = picture(world.root);
  const { plan, apply, undo, verify } = await planBack(world, [world.sample.tools[0]!.name, world.sample.tools[1]!.id]);
  expect(plan).toMatchObject({ counts: { add: 2, remove: 0 } });
  expect(plan.needsPeople).toBeUndefined();
  await apply();
  const { '.pi/tools/disabled/': _, ...rest } = picture(world.root);
  expect(rest).toEqual(whole);
  expect(allOk(await verify())).toBe(true);
  editTool(world.live(world.path(0)), use);
  expect(allOk(await verify())).toBe(true);
  expect((await planBack(world, [world.sample.tools[0]!.id])).plan.size.items).toBe(0);
  await undo();
  expect(Object.keys(picture(world.root))).toEqual(Object.keys(away));
});

test('out of quarantine only with people, who read what was found', async () => {
  const world = await makeAsideWorld();
  await (await planAside(world, [world.path(0)], 'quarantine')).apply();
  const tools = [world.sample.tools[0]!.name];
  const plan = await world.aside.planBringBack({ target, recovery, tools, from: 'quarantine', finding: 'a false alarm' });
  expect(plan.needsPeople?.en).toContain('a false alarm');
  expect((await failureOf(planBack(world, tools, 'disabled'))).code).toBe('no-such-tool');
});

test('what the agent would not load, and what would clash, does not come back', async () => {
  const world = await makeAsideWorld();
  await (await planAside(world, [world.path(0), world.path(1)])).apply();
  writeFileSync(world.live(world.asidePath(0)), '{ "id": ');
  expect((await failureOf(planBack(world, [world.sample.tools[0]!.id]))).code).toBe('tool-unreadable');
  addTool(world.root, world.sample.tools[1]!.name);
  expect(await failureOf(planBack(world, [world.sample.tools[1]!.name]))).toMatchObject({
    code: 'tool-clash',
    message: expect.stringContaining(world.sample.tools[1]!.name),
  });
  expect((await failureOf(planBack(world, ['never_made']))).code).toBe('no-such-tool');
});

test('an edited version in use is not overwritten, and the hundred-and-first tool does not come back', async () => {
  const world = await makeAsideWorld();
  const first = world.readLive(world.path(0));
  await (await planAside(world, [world.path(0)])).apply();
  writeFileSync(world.live(world.path(0)), first);
  editTool(world.live(world.path(0)), (tool) => ({ ...tool, description: 'other' }));
  expect((await failureOf(planBack(world, [world.sample.tools[0]!.id]))).code).toBe('tool-clash');
  rmSync(world.live(world.path(0)));
  for (let n = 5; n < 100; n++) addTool(world.root, `more_${n}`);
  expect(await failureOf(planBack(world, [world.sample.tools[0]!.id]))).toMatchObject({
    code: 'tool-clash',
    message: expect.stringContaining('101'),
  });
});

test('a tool that came since a plan to bring one back: it is planned anew', async () => {
  const world = await makeAsideWorld();
  await (await planAside(world, [world.path(0)])).apply();
  const { apply } = await planBack(world, [world.sample.tools[0]!.id]);
  addTool(world.root, 'newcomer');
  const before = picture(world.root);
  expect((await failureOf(apply())).code).toBe('plan-changed');
  expect(picture(world.root)).toEqual(before);
});
