/** Critical tools run apart from everything, one process each, and the live store does not notice. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addTool, editTool, makeWorld, picture, target } from './world.ts';

const critical = (...criticalTools: Record<string, unknown>[]) => ({ settings: { criticalTools } });

test('each entry is run and its result compared; the live store stays byte for byte', async () => {
  const world = await makeWorld(
    critical(
      { name: 'test_tool', expect: { success: true } },
      { name: 'word_count', parameters: { text: 'one two three' }, expect: { words: 3 } },
      { name: 'review-checklist' },
      { name: 'commit-message', parameters: { kind: 'fix', summary: 'x' }, expect: 'fix: x\n\nWhy:\nHow tested:\n' },
    ),
  );
  const before = picture(world.root);
  const checks = await world.tools.runCriticalTools({ target });
  expect(checks.map(({ id, ok }) => [id, ok])).toEqual([
    ['critical-tool:test_tool', true],
    ['critical-tool:word_count', true],
    ['critical-tool:review-checklist', true],
    ['critical-tool:commit-message', true],
    ['live-store-untouched', true],
  ]);
  expect(picture(world.root)).toEqual(before);
  const scratch = join(world.data, 'scratch', target);
  expect(existsSync(scratch) ? readdirSync(scratch) : []).toEqual([]);
});

test('two runs at once have a scratch each', async () => {
  const seen: string[] = [];
  const world = await makeWorld({
    ...critical({ name: 'test_tool' }),
    wrap: (ports) => ({
      ...ports,
      samples: {
        run(sample, scratch, signal) {
          seen.push(scratch);
          return ports.samples.run(sample, scratch, signal);
        },
      },
    }),
  });
  const both = await Promise.all([world.tools.runCriticalTools({ target }), world.tools.runCriticalTools({ target })]);
  expect(both.flat().filter(({ ok }) => !ok)).toEqual([]);
  expect(new Set(seen).size).toBe(2);
});

test('nothing declared: nothing is run, which is said and passes', async () => {
  let ran = 0;
  const world = await makeWorld({
    wrap: (ports) => ({ ...ports, samples: { run: (...args) => (ran++, ports.samples.run(...args)) } }),
  });
  const checks = await world.tools.runCriticalTools({ target });
  expect(checks).toHaveLength(1);
  expect(checks[0]).toMatchObject({ id: 'critical-tools', ok: true });
  expect(ran).toBe(0);
});

test('another answer, an error, a crash, too much time, a missing tool: each fails by name, the others still run', async () => {
  const world = await makeWorld(
    critical(
      { name: 'test_tool', expect: { success: false } },
      { name: 'thrower' },
      { name: 'sleeper', timeoutMs: 200 },
      { name: 'spinner', timeoutMs: 200 },
      { name: 'shouter' },
      { name: 'nobody' },
      { name: 'celsius', parameters: { fahrenheit: 212 }, expect: 100 },
    ),
  );
  addTool(world.root, 'thrower', 'function execute() { throw new Error("broken inside"); }');
  addTool(world.root, 'sleeper', 'function execute() { return new Promise(() => {}); }');
  addTool(world.root, 'spinner', 'function execute() { for (;;); }');
  addTool(world.root, 'shouter', 'function execute() { return "x".repeat(10_000_000); }');
  const checks = await world.tools.runCriticalTools({ target });
  const sentence = Object.fromEntries(checks.map(({ id, sentence: { en } }) => [id.replace('critical-tool:', ''), en]));
  expect(checks.filter(({ ok }) => ok).map(({ id }) => id)).toEqual(['critical-tool:celsius', 'live-store-untouched']);
  expect(sentence['test_tool']).toContain('which is not as expected');
  expect(sentence['thrower']).toContain('broken inside');
  expect(sentence['sleeper']).toContain('did not answer in time');
  expect(sentence['spinner']).toContain('did not answer in time');
  expect(sentence['shouter']).toContain('more than');
  expect(sentence['nobody']).toBe('nobody is not in the store.');
});

test('the code finds nothing of the host, and what leaks out of the context opens no door', async () => {
  const world = await makeWorld(
    critical(
      { name: 'curious', expect: [] },
      { name: 'escapist', expect: { leaked: true, own: 7, host: 'Code generation from strings disallowed for this context' } },
    ),
  );
  const names = 'require process setTimeout setInterval fetch Buffer WebSocket'.split(' ');
  const list = names.map((name) => `[${JSON.stringify(name)}, typeof ${name}]`).join(', ');
  addTool(world.root, 'curious', `function execute() { return [${list}].filter(([, type]) => type !== 'undefined'); }`);
  // A refused import() is an error object of the host: the classic way out.
  addTool(
    world.root,
    'escapist',
    `async function execute() {
      const error = await import('node:fs').catch((refusal) => refusal);
      const found = { leaked: error.constructor !== TypeError, own: new Function('return 7')() };
      try { found.host = error.constructor.constructor('return process')().pid; } catch (refusal) { found.host = refusal.message; }
      return found;
    }`,
  );
  const checks = await world.tools.runCriticalTools({ target });
  expect(checks.map(({ ok, sentence }) => [ok, sentence.en])).toEqual(checks.map(({ sentence }) => [true, sentence.en]));
});

test('a store that changed while samples ran is noticed; the agent using a tool is told apart', async () => {
  let change: () => void = () => undefined;
  const world = await makeWorld({
    ...critical({ name: 'test_tool' }),
    wrap: (ports) => ({
      ...ports,
      samples: {
        run(...args) {
          change();
          return ports.samples.run(...args);
        },
      },
    }),
  });
  const file = world.live(world.sample.tools[3]!.path);
  const untouched = async () => (await world.tools.runCriticalTools({ target })).at(-1);
  change = () => editTool(file, (tool) => ({ ...tool, usageCount: Number(tool['usageCount']) + 1 }));
  expect(await untouched()).toMatchObject({
    ok: true,
    sentence: { en: expect.stringContaining('the agent used 1 tools') as string },
  });
  change = () => editTool(file, (tool) => ({ ...tool, description: 'written by a tool' }));
  expect(await untouched()).toMatchObject({
    ok: false,
    sentence: { en: expect.stringContaining(world.sample.tools[3]!.path) as string },
  });
  change = () => void addTool(world.root, 'made_meanwhile');
  expect(await untouched()).toMatchObject({ ok: false });
  change = () => rmSync(file);
  expect(await untouched()).toMatchObject({ ok: false });
});
