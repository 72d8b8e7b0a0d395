/** After a restore: every check finds exactly its own fault, and write-backs are told from use. */
import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addTool, editTool, logPath, makeWorld, picture, restore, target, type World } from './world.ts';

const night = '2026-11-22T02:00:00.000Z';

async function restored() {
  const world = await makeWorld();
  const id = await world.verified(night);
  rmSync(world.live('.pi'), { recursive: true });
  const { plan } = await restore(world, id);
  /** What a second plan from the same backup would bring back: how the scenario finds what was written back. */
  const broughtAgain = async (): Promise<number> =>
    (await world.tools.planRestore({ target, recovery: 'again', backup: id })).size.items;
  return { ...world, ref: plan.ref, broughtAgain };
}
const failed = async (world: World, plan: string): Promise<string[]> =>
  (await world.tools.verifyRestoredTools({ target, plan })).filter(({ ok }) => !ok).map(({ id }) => id);

test('a restored store passes all ten questions, and looking changes nothing', async () => {
  const world = await restored();
  const before = picture(world.root);
  const checks = await world.tools.verifyRestoredTools({ target, plan: world.ref });
  expect(checks.map(({ id, ok }) => [id, ok])).toEqual(
    ['tool-count', 'json', 'schema', 'ids', 'names', 'checksums', 'modes', 'owners', 'audit-log', 'leftovers'].map((id) => [
      id,
      true,
    ]),
  );
  expect(await world.broughtAgain()).toBe(0);
  expect(picture(world.root)).toEqual(before);
});

const first = (world: World): string => world.live(world.sample.tools[0]!.path);
const faults: Record<string, { harm: (world: World) => void; checks: string[]; again: number }> = {
  'a tool is gone': {
    harm: (world) => rmSync(first(world)),
    checks: ['tool-count', 'checksums'],
    again: 1,
  },
  'a tool is cut off': {
    harm: (world) => truncateSync(first(world), 50),
    checks: ['tool-count', 'json', 'checksums'],
    again: 1,
  },
  'a tool breaks the schema': {
    harm: (world) => editTool(first(world), (tool) => ({ ...tool, tags: 'none' })),
    checks: ['tool-count', 'schema', 'checksums'],
    again: 1,
  },
  'a tool has an id that does not fit': {
    harm: (world) => editTool(first(world), (tool) => ({ ...tool, code: 'function execute() {}' })),
    checks: ['tool-count', 'ids', 'checksums'],
    again: 1,
  },
  'an old definition was written back': {
    harm: (world) => editTool(first(world), (tool) => ({ ...tool, description: 'as it was last month' })),
    checks: ['checksums'],
    again: 1,
  },
  'a mode changed': { harm: (world) => chmodSync(first(world), 0o600), checks: ['modes'], again: 1 },
  'an owner changed': {
    harm: (world) => chownSync(first(world), 4321, 4321),
    checks: ['owners'],
    again: 1,
  },
  'a link took its place': {
    harm(world) {
      rmSync(first(world));
      symlinkSync('/etc/passwd', first(world));
    },
    checks: ['tool-count', 'checksums'],
    again: 1,
  },
  'the log is gone': {
    harm: (world) => rmSync(world.live(logPath)),
    checks: ['audit-log'],
    again: 1,
  },
  'an unfinished file is left': {
    harm: (world) => writeFileSync(world.live('.pi/tools/.okiagari-12345678-dt_x.json.tmp'), 'half'),
    checks: ['leftovers'],
    again: 0,
  },
};

test.each(Object.entries(faults))(
  '%s: exactly its checks fail, and a second plan would mend it',
  async (_, { harm, checks, again }) => {
    const world = await restored();
    harm(world);
    expect(await failed(world, world.ref)).toEqual(checks);
    expect(await world.broughtAgain()).toBe(again);
  },
);

test('use after the restore is neither a write-back nor a failed check', async () => {
  const world = await restored();
  const at = '2026-11-22T10:00:00.000Z';
  editTool(first(world), (tool) => ({ ...tool, usageCount: Number(tool['usageCount']) + 1, lastUsedAt: at, updatedAt: at }));
  addTool(world.root, 'made_after');
  expect(await failed(world, world.ref)).toEqual([]);
  expect(await world.broughtAgain()).toBe(0);
  const [count, , , , , checksums] = await world.tools.verifyRestoredTools({ target, plan: world.ref });
  expect(count?.sentence.en).toBe('12 of 12 tools are there. 1 more were added since the backup.');
  expect(checksums?.sentence.en).toContain('1 were only used since');
});

test('an updatedAt without a use is no use', async () => {
  const world = await restored();
  editTool(first(world), (tool) => ({ ...tool, updatedAt: '2026-11-22T10:00:00.000Z' }));
  expect(await failed(world, world.ref)).toEqual(['checksums']);
});

test('a damaged file that the backup never knew is named and left', async () => {
  const world = await restored();
  mkdirSync(world.live('.pi/tools/sub'));
  writeFileSync(world.live('.pi/tools/stranger.json'), '{"cut');
  const [count] = await world.tools.verifyRestoredTools({ target, plan: world.ref });
  expect(count).toMatchObject({ ok: true });
  expect(count?.sentence.en).toContain('Not in the backup and unreadable, left as found: .pi/tools/stranger.json');
});
