/** Breaking one thing fails exactly its item: on real files, and with the real agent in fresh processes. */
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { installExtension, type AgentFault } from '../../support/agent-extension.ts';
import { addTool, editTool, logPath, picture, type World } from '../tool-store/world.ts';
import { fillIn, idsOf, makeCheckedWorld, roomy } from './world.ts';

test('a healthy store passes every item, and is byte for byte as before', async () => {
  const world = await makeCheckedWorld();
  const before = picture(world.root);
  const list = await fillIn(world);
  expect(list.items.filter(({ outcome }) => outcome !== 'ok').map(({ id, sentence }) => [id, sentence.en])).toEqual([]);
  expect(list.passed).toBe(true);
  expect(picture(world.root)).toEqual(before);
  expect(picture(join(world.data, 'scratch/tools'))).toEqual({});
  expect(list.items.find(({ id }) => id === 'tool-count')).toMatchObject({ measured: '12', expected: '12' });
  expect(list.items.find(({ id }) => id === 'tool-time')?.measured).toMatch(/^\d+ ms$/);
});

describe('of the files', () => {
  const cases: readonly (readonly [item: string, what: string, breakIt: (world: World) => void])[] = [
    ['tools-folder', 'the tools folder is gone', (w) => rmSync(w.live('.pi/tools'), { recursive: true })],
    [
      'tools-folder',
      'the tools folder is a link',
      (w) => {
        rmSync(w.live('.pi/tools'), { recursive: true });
        symlinkSync(w.folder, w.live('.pi/tools'));
      },
    ],
    ['tool-count', 'a tool is gone', (w) => rmSync(w.live(w.sample.tools[5]!.path))],
    ['tool-count', 'a critical tool is gone', (w) => rmSync(w.live(w.sample.tools[0]!.path))],
    ['tool-count', 'a tool is truncated', (w) => writeFileSync(w.live(w.sample.tools[5]!.path), '{')],
    ['logs-folder', 'the logs folder is gone', (w) => rmSync(w.live('.pi/logs'), { recursive: true })],
    ['log-file', 'the log is gone', (w) => unlinkSync(w.live(logPath))],
    ['unknown-tools', 'a tool that nobody knows', ({ root }) => void addTool(root, 'stranger')],
    ['permissions', 'a tool that everybody may write', (w) => chmodSync(w.live(w.sample.tools[3]!.path), 0o666)],
    ['permissions', 'a tool with a set-uid bit', (w) => chmodSync(w.live(w.sample.tools[3]!.path), 0o4755)],
    ['permissions', 'a folder that everybody may write', (w) => chmodSync(w.live('.pi/tools'), 0o777)],
    ['permissions', 'a tool of somebody else', (w) => chownSync(w.live(w.sample.tools[3]!.path), 4711, 4711)],
    [
      'no-leak',
      'a token in the log',
      (w) => appendFileSync(w.live(logPath), `{"details":{"env":"GITHUB_TOKEN=ghp_${'a1B2'.repeat(9)}"}}\n`),
    ],
    [
      'no-leak',
      'a password in a tool',
      (w) => editTool(w.live(w.sample.tools[3]!.path), (tool) => ({ ...tool, description: 'password: "hunter2hunter2"' })),
    ],
  ];
  test.each(cases)('%s: %s', async (item, _what, breakIt) => {
    const world = await makeCheckedWorld({}, item !== 'no-leak' && item !== 'permissions');
    breakIt(world);
    const list = await fillIn(world);
    expect(idsOf(list, 'failed')).toEqual([item]);
    expect(list.passed).toBe(false);
  });
});

describe('of the agent', () => {
  const cases: readonly (readonly [item: string, fault: AgentFault])[] = [
    ['list-answers', 'load'],
    ['list-answers', 'list'],
    ['list-critical', 'list-hides-critical'],
    ['run-works', 'run'],
    ['create-works', 'create'],
    ['created-listed', 'created-hidden'],
    ['created-runs', 'created-wrong'],
    ['log-written', 'no-log'],
    ['log-format', 'log-form'],
    ['log-error', 'no-error-in-log'],
  ];
  test.each(cases)('%s: the extension gets %s wrong', async (item, fault) => {
    const world = await makeCheckedWorld();
    installExtension(world.root, [fault]);
    const list = await fillIn(world);
    expect(idsOf(list, 'failed')).toEqual([item]);
    expect(list.passed).toBe(false);
  });

  test('list-count: it lists twenty of more', async () => {
    const world = await makeCheckedWorld();
    for (let n = 0; n < 12; n++) addTool(world.root, `extra_${n}`);
    await world.verified('2026-11-22T03:00:00.000Z');
    installExtension(world.root, ['list-short']);
    const list = await fillIn(world);
    expect(idsOf(list, 'failed')).toEqual(['list-count']);
    expect(list.items.find(({ id }) => id === 'list-count')).toMatchObject({ measured: '20', expected: '24' });
  });
});

describe('of the runs', () => {
  const fine = 'function execute() { return { success: true }; }';
  const slow = 'function execute() { for (const end = Date.now() + 120; Date.now() < end;); return { success: true }; }';
  const cases = [
    { item: 'run-in-time', what: 'a tool that never ends', tool: 'function execute() { for (;;); }' },
    { item: 'run-works', what: 'a tool that throws', tool: "function execute() { throw new Error('no'); }" },
    { item: 'run-result', what: 'a tool that answers something else', tool: 'function execute() { return { success: false }; }' },
    { item: 'tool-time', what: 'a tool that is slow', tool: slow, limits: { toolMs: 100 } },
    { item: 'disk', what: 'a disk fuller than it may be', tool: fine, limits: { diskPercent: 0 } },
    { item: 'memory', what: 'memory fuller than it may be', tool: fine, limits: { memoryPercent: 0 } },
  ];
  const criticalTools = [{ name: 'judged', timeoutMs: 500, expect: { success: true } }];
  const both = [true, false].flatMap((agent) =>
    cases.map((one) => ({ ...one, agent, by: agent ? 'the agent' : 'the sample runner' })),
  );
  test.each(both)('$item: $what, run by $by', async ({ item, tool, limits = {}, agent }) => {
    const world = await makeCheckedWorld({ criticalTools, limits: { ...roomy, ...limits } }, agent);
    addTool(world.root, 'judged', tool);
    await world.verified('2026-11-22T03:00:00.000Z');
    const list = await fillIn(world);
    expect(idsOf(list, 'failed')).toEqual([item]);
    expect(list.passed).toBe(false);
  });
});

describe('without the agent', () => {
  test('what it alone could answer is not applicable, said so, and the rest still counts', async () => {
    const world = await makeCheckedWorld({}, false);
    const list = await fillIn(world);
    expect(idsOf(list, 'not-applicable')).toEqual([
      ...['list-answers', 'list-count', 'list-critical', 'create-works', 'created-listed', 'created-runs'],
      ...['log-written', 'log-format', 'log-error'],
    ]);
    expect(list.items.find(({ id }) => id === 'list-answers')?.sentence.en).toContain('agentPackage');
    expect(list.passed).toBe(true);
  });

  test('a package that is not there, and a Node that is not there, fail with their path', async () => {
    for (const settings of [{ agentPackage: { path: '/nowhere/agent' } }, { node: '/nowhere/node' }]) {
      const list = await fillIn(await makeCheckedWorld(settings));
      expect(idsOf(list, 'failed')).toEqual(['list-answers']);
      expect(list.items.find(({ id }) => id === 'list-answers')?.sentence.en).toContain('/nowhere/');
    }
  });
});

describe('the wall around the agent', () => {
  test('lets an extension write nothing outside of its scratch copy', async () => {
    const world = await makeCheckedWorld();
    const outside = join(world.folder, 'outside');
    installExtension(world.root, ['outside']);
    writeFileSync(world.live('.pi/lib/outside'), outside);
    const list = await fillIn(world);
    expect(existsSync(outside)).toBe(false);
    expect(idsOf(list, 'failed')).toEqual(['create-works']);
  });

  test('keeps the environment of the worker from it', async () => {
    process.env['CHECKLIST_CANARY'] = 'a secret of the worker';
    onTestFinished(() => void delete process.env['CHECKLIST_CANARY']);
    const world = await makeCheckedWorld({ criticalTools: [{ name: 'look', expect: 'nothing' }] });
    addTool(world.root, 'look', "function execute() { return 'nothing'; }");
    await world.verified('2026-11-22T03:00:00.000Z');
    const extension = world.live('.pi/extensions/dynamic-tools.ts');
    const source = readFileSync(extension, 'utf8');
    writeFileSync(
      extension,
      `if (JSON.stringify(process.env).includes('secret of the worker')) throw new Error('leaked');\n${source}`,
    );
    expect((await fillIn(world)).passed).toBe(true);
  });
});

test('a full store can not take another tool: creation is not applicable', async () => {
  const world = await makeCheckedWorld();
  for (let n = 0; n < 88; n++) addTool(world.root, `extra_${n}`);
  await world.verified('2026-11-22T03:00:00.000Z');
  const list = await fillIn(world);
  expect(list.items.find(({ id }) => id === 'list-count')).toMatchObject({ measured: '100', expected: '100' });
  expect(idsOf(list, 'not-applicable').slice(0, 3)).toEqual(['create-works', 'created-listed', 'created-runs']);
  expect(list.passed).toBe(true);
});

test('it is held against a named backup or number instead, and refuses a backup that is not there', async () => {
  const world = await makeCheckedWorld({}, false);
  rmSync(world.live(world.sample.tools[5]!.path));
  const smaller = await world.backUp('2026-11-22T03:00:00.000Z');
  expect(idsOf(await fillIn(world), 'failed')).toEqual(['tool-count']);
  expect((await fillIn(world, { backup: smaller })).passed).toBe(true);
  expect((await fillIn(world, { tools: 11 })).passed).toBe(true);
  const nowhere = await fillIn(world, { backup: 'nope' });
  expect(idsOf(nowhere, 'failed')).toEqual([]);
  expect(nowhere.items.find(({ id }) => id === 'tool-count')).toMatchObject({ outcome: 'not-checked' });
  expect(nowhere.items.find(({ id }) => id === 'tool-count')?.sentence.en).toContain('no backup nope');
  expect(nowhere.passed).toBe(false);
});
