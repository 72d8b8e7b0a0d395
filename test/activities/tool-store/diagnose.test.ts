/** A look at a store names what is wrong with it and the scenario that helps, and changes nothing. */
import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startRequest } from '../../../contracts/inputs/start.ts';
import { scenarioById } from '../../../contracts/scenarios.ts';
import { addTool, editTool, logPath, makeWorld, picture, target, type World } from './world.ts';

const night = '2026-11-22T02:00:00.000Z';
const path = (world: World, index: number): string => world.live(world.sample.tools[index]!.path);

const cases: Record<string, { harm: (world: World) => void; symptoms: string[]; suggests: string[] }> = {
  'a healthy store': { harm: () => undefined, symptoms: [], suggests: [] },
  'the root is gone': { harm: (world) => rmSync(world.root, { recursive: true }), symptoms: ['root-gone'], suggests: [] },
  'the tools folder is gone': {
    harm: (world) => rmSync(world.live('.pi/tools'), { recursive: true }),
    symptoms: ['tools-folder-gone', 'tools-missing'],
    suggests: ['tool-store-loss'],
  },
  'the tools folder is empty': {
    harm(world) {
      rmSync(world.live('.pi/tools'), { recursive: true });
      mkdirSync(world.live('.pi/tools'));
    },
    symptoms: ['no-tools', 'tools-missing'],
    suggests: ['tool-store-loss'],
  },
  'the tools folder is a link': {
    harm(world) {
      rmSync(world.live('.pi/tools'), { recursive: true });
      symlinkSync('/etc', world.live('.pi/tools'));
    },
    symptoms: ['tools-folder-unusable', 'tools-missing'],
    suggests: ['tool-store-loss'],
  },
  'half of the tools are damaged': {
    harm: (world) => [0, 1, 2, 3, 4, 5].forEach((index) => truncateSync(path(world, index), 50)),
    symptoms: ['tools-truncated'],
    suggests: ['tool-store-loss'],
  },
  'a tool has a set-id bit': {
    harm: (world) => chmodSync(path(world, 0), 0o4755),
    symptoms: ['special-modes'],
    suggests: ['security-breach'],
  },
  'a new tool runs text as code, and another new one does not': {
    harm(world) {
      addTool(world.root, 'planted', 'function execute() { return (0, eval)("1"); }');
      addTool(world.root, 'honest');
    },
    symptoms: ['new-dangerous-tools'],
    suggests: ['security-breach'],
  },
  'one tool is gone and one has a wrong id': {
    harm(world) {
      rmSync(path(world, 0));
      editTool(path(world, 1), (tool) => ({ ...tool, code: 'function execute() {}' }));
    },
    symptoms: ['tools-wrong-id', 'tools-missing'],
    suggests: ['tool-restore'],
  },
  'the log is gone': { harm: (world) => rmSync(world.live(logPath)), symptoms: ['log-missing'], suggests: ['audit-log-restore'] },
  'the log is damaged': {
    harm: (world) => appendFileSync(world.live(logPath), '{"cut":\n'),
    symptoms: ['log-damaged'],
    suggests: ['audit-log-corruption'],
  },
  'two tools bear one name': {
    harm: (world) => void addTool(world.root, 'test_tool', 'function execute() { return 2; }'),
    symptoms: ['double-names'],
    suggests: [],
  },
};

const timedOut = (at: string): string =>
  `${JSON.stringify({ timestamp: at, action: 'run_dynamic_tool', toolName: 'slow', success: false, error: 'timed out' })}\n`;
const timeouts = (times: number, at = new Date().toISOString()) => ({
  harm: (world: World) => appendFileSync(world.live(logPath), timedOut(at).repeat(times)),
});
Object.assign(cases, {
  'a tool times out again and again': { ...timeouts(3), symptoms: ['tools-time-out'], suggests: ['tool-timeouts'] },
  'a tool timed out twice': { ...timeouts(2), symptoms: [], suggests: [] },
  'a tool timed out long ago': { ...timeouts(9, night), symptoms: [], suggests: [] },
});

test.each(Object.entries(cases))('%s', async (_, { harm, symptoms, suggests }) => {
  const world = await makeWorld();
  await world.verified(night);
  harm(world);
  const before = picture(world.root);
  const diagnosis = await world.tools.diagnoseToolStore({ target });
  expect(diagnosis.symptoms.map(({ id }) => id)).toEqual(symptoms);
  expect(diagnosis.suggests.map(({ scenario }) => scenario)).toEqual(suggests);
  expect(picture(world.root)).toEqual(before);
  for (const { scenario, input } of diagnosis.suggests) {
    startRequest.parse({ scenario, target, input, reason: 'as suggested' });
    scenarioById(scenario)!.input.parse(input);
  }
});

test('a suggested tool-restore names the tools that need it', async () => {
  const world = await makeWorld();
  const id = await world.verified(night);
  rmSync(path(world, 2));
  const { suggests } = await world.tools.diagnoseToolStore({ target });
  expect(suggests).toMatchObject([{ scenario: 'tool-restore', input: { tools: [world.sample.tools[2]!.id] } }]);
  expect(suggests[0]?.why.en).toContain(id);
});

test('without a verified backup that is said, and more than a hundred tools too', async () => {
  const world = await makeWorld({ tools: 101 });
  expect((await world.tools.diagnoseToolStore({ target })).symptoms.map(({ id }) => id)).toEqual([
    'too-many-tools',
    'no-verified-backup',
  ]);
  await world.backUp(night);
  const { symptoms } = await world.tools.diagnoseToolStore({ target });
  expect(symptoms.at(-1)?.sentence.en).toBe('None of 1 backups is verified and above suspicion.');
});

test('damage is named and something is suggested also where no backup is verified yet', async () => {
  const world = await makeWorld();
  await world.backUp(night);
  truncateSync(path(world, 3), 20);
  const { suggests } = await world.tools.diagnoseToolStore({ target });
  expect(suggests).toMatchObject([{ scenario: 'tool-restore', input: { tools: [world.sample.tools[3]!.id] } }]);
});
