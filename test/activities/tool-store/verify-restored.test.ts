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
  return { ...world, ref: plan.ref };
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
  expect(await world.tools.findWriteBacks({ target, plan: world.ref })).toEqual([]);
  expect(picture(world.root)).toEqual(before);
});

const first = (world: World): string => world.live(world.sample.tools[0]!.path);
const faults: Record<string, { harm: (world: World) => void; checks: string[]; writeBack: RegExp | undefined }> = {
  'a tool is gone': {
    harm: (world) => rmSync(first(world)),
    checks: ['tool-count', 'checksums'],
    writeBack: /was removed after/,
  },
  'a tool is cut off': {
    harm: (world) => truncateSync(first(world), 50),
    checks: ['tool-count', 'json', 'checksums'],
    writeBack: /is cut off/,
  },
  'a tool breaks the schema': {
    harm: (world) => editTool(first(world), (tool) => ({ ...tool, tags: 'none' })),
    checks: ['tool-count', 'schema', 'checksums'],
    writeBack: /tags is not as the agent wants it/,
  },
  'a tool has an id that does not fit': {
    harm: (world) => editTool(first(world), (tool) => ({ ...tool, code: 'function execute() {}' })),
    checks: ['tool-count', 'ids', 'checksums'],
    writeBack: /does not fit name and code/,
  },
  'an old definition was written back': {
    harm: (world) => editTool(first(world), (tool) => ({ ...tool, description: 'as it was last month' })),
    checks: ['checksums'],
    writeBack: /was written after the restore/,
  },
  'a mode changed': { harm: (world) => chmodSync(first(world), 0o600), checks: ['modes'], writeBack: /changed mode or owner/ },
  'an owner changed': {
    harm: (world) => chownSync(first(world), 4321, 4321),
    checks: ['owners'],
    writeBack: /changed mode or owner/,
  },
  'a link took its place': {
    harm(world) {
      rmSync(first(world));
      symlinkSync('/etc/passwd', first(world));
    },
    checks: ['tool-count', 'checksums'],
    writeBack: /was replaced by a link/,
  },
  'the log is gone': {
    harm: (world) => rmSync(world.live(logPath)),
    checks: ['audit-log'],
    writeBack: /audit\.jsonl was removed/,
  },
  'an unfinished file is left': {
    harm: (world) => writeFileSync(world.live('.pi/tools/.okiagari-12345678-dt_x.json.tmp'), 'half'),
    checks: ['leftovers'],
    writeBack: undefined,
  },
};

test.each(Object.entries(faults))('%s: exactly its checks fail', async (_, { harm, checks, writeBack }) => {
  const world = await restored();
  harm(world);
  expect(await failed(world, world.ref)).toEqual(checks);
  const found = await world.tools.findWriteBacks({ target, plan: world.ref });
  if (writeBack === undefined) expect(found).toEqual([]);
  else {
    expect(found).toHaveLength(1);
    expect(found[0]?.sentence.en).toMatch(writeBack);
  }
});

test('use after the restore is neither a write-back nor a failed check', async () => {
  const world = await restored();
  const at = '2026-11-22T10:00:00.000Z';
  editTool(first(world), (tool) => ({ ...tool, usageCount: Number(tool['usageCount']) + 1, lastUsedAt: at, updatedAt: at }));
  addTool(world.root, 'made_after');
  expect(await failed(world, world.ref)).toEqual([]);
  expect(await world.tools.findWriteBacks({ target, plan: world.ref })).toEqual([]);
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
