/** THE REGISTRY keeps its word: every scenario has its workflow, test, page and recorded history, and nothing else knows its kind of target. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { kinds } from '../contracts/kinds.ts';
import type { ScenarioEntry } from '../contracts/scenario-entry.ts';
import { scenarioById, scenarios, startableScenarios } from '../contracts/scenarios.ts';
import { slug } from '../contracts/inputs/start.ts';
import type { Text } from '../domain/text.ts';
import * as workflows from '../workflows/index.ts';
import { readSources, type SourceFile } from './support/source-files.ts';
import { toyKinds, toyScenarios } from './support/toy/kind.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const sources = readSources();
const read = (path: string): string => readFileSync(join(project, path), 'utf8');
const source = (path: string): SourceFile | undefined => sources.find((file) => file.path === path);
const camelCase = (id: string): string => id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const isInBothLanguages = ({ en, ja }: Text): boolean => /[A-Za-z]/.test(en) && /[぀-ヿ一-龯]/.test(ja);
const missing = (path: string): string[] => (existsSync(join(project, path)) ? [] : [path]);

describe.each(startableScenarios)(
  'the scenario $id',
  ({ id, workflowType, title, summary, input, objectives, gates, ...entry }) => {
    const file = `workflows/${id}.ts`;

    test('is a workflow of the same name in camel case, in a file of its own that the bundle exports', async () => {
      expect(slug.safeParse(id).success).toBe(true);
      expect(workflowType).toBe(camelCase(id));
      const own = (await import(`../workflows/${id}.ts`)) as Record<string, unknown>;
      expect(own[workflowType]).toBeTypeOf('function');
      expect((workflows as Record<string, unknown>)[workflowType]).toBe(own[workflowType]);
      expect(read(file)).toContain(`recovery('${id}', `);
    });
    test('is told in 80 lines or fewer', () => {
      expect(source(file)!.lines).toBeLessThanOrEqual(80);
    });
    test('has a test', () => {
      expect(missing(`test/workflows/${id}.test.ts`)).toEqual([]);
    });
    test('is put into the crash harness, and on a stage of the simulation', () => {
      expect(read(`test/crash/${id}.test.ts`)).toMatch(/\bsweep\(/);
      const stages = readdirSync(join(project, 'test/support/simulation')).filter((name) => name.endsWith('-stage.ts'));
      expect(stages.some((name) => read(`test/support/simulation/${name}`).includes(`'${id}'`))).toBe(true);
    });
    test('has a page for the person on call', () => {
      expect(missing(`docs/scenarios/${id}.md`)).toEqual([]);
      expect(read(`docs/scenarios/${id}.md`)).toMatch(/^# \S/);
    });
    test('has a recorded history', () => {
      const recorded = readdirSync(join(project, 'test/histories')).filter(
        (name) => name.startsWith(id) && name.endsWith('.json'),
      );
      expect(recorded).not.toEqual([]);
    });
    test('opens exactly the gates that are named here, each with a title in both languages', () => {
      expect(new Set(gates.map((gate) => gate.id))).toEqual(new Set(storiesOf(file).flatMap(gatesIn)));
      expect(new Set(gates.map((gate) => gate.id)).size).toBe(gates.length);
      expect(gates.filter((gate) => !isInBothLanguages(gate.title))).toEqual([]);
    });
    test('runs on kinds of target that exist', () => {
      expect(entry.kinds.length).toBeGreaterThan(0);
      expect(entry.kinds.filter((kind) => !Object.hasOwn(kinds, kind))).toEqual([]);
    });
    test('is there in both languages', () => {
      expect([title, summary].filter((text) => !isInBothLanguages(text))).toEqual([]);
    });
    test('has an input that can be shown as a schema, refuses what it does not know, and objectives to be measured by', () => {
      expect(z.toJSONSchema(input, { io: 'input' })).toMatchObject({ type: 'object', additionalProperties: false });
      expect(input.safeParse({ 'no such field': 1 }).success).toBe(false);
      expect(objectives.rtoMs).toBeGreaterThan(0);
      expect(objectives.rpoMs).toBeGreaterThan(0);
    });
  },
);

describe.each(scenarios.filter(({ inner }) => inner))(
  'the part $id',
  ({ id, workflowType, title, summary, kinds: runsOn, gates }) => {
    const file = `workflows/phases/${id}.ts`;

    test('is a workflow of the same name in camel case, in a file of its own among the phases, told in 80 lines or fewer', async () => {
      expect(workflowType).toBe(camelCase(id));
      const own = (await import(`../workflows/phases/${id}.ts`)) as Record<string, unknown>;
      expect((workflows as Record<string, unknown>)[workflowType]).toBe(own[workflowType]);
      expect(read(file)).toContain(`recovery('${id}', `);
      expect(source(file)!.lines).toBeLessThanOrEqual(80);
    });
    test('is run by a scenario that people start, which names its gates, on the same kinds', () => {
      const outer = startableScenarios.filter((one) => storiesOf(`workflows/${one.id}.ts`).includes(file));
      expect(outer).not.toEqual([]);
      for (const one of outer) expect(one.kinds).toEqual(runsOn);
      expect(gates).toEqual([]);
    });
    test('has a recorded history, and is there in both languages', () => {
      expect(readdirSync(join(project, 'test/histories')).some((name) => name.startsWith(id))).toBe(true);
      expect([title, summary].filter((text) => !isInBothLanguages(text))).toEqual([]);
    });
  },
);

/** A story with the parts that it names. */
function storiesOf(path: string): string[] {
  const parts = scenarios.filter(({ id, inner }) => inner && source(path)?.text.includes(`'${id}'`));
  return [path, ...parts.map(({ id }) => `workflows/phases/${id}.ts`)];
}

/** Gates that the story opens, itself or through its steps, as they stand in the code. */
function gatesIn(path: string): string[] {
  const story = source(path)!;
  const steps = story.imports.filter(({ from }) => from.startsWith('workflows/steps/')).map(({ from }) => source(from)!);
  return [story, ...steps].flatMap(({ text }) =>
    [...text.matchAll(/\bgate: '([^']+)'|\.consent\('[^']*', '([^']+)'/g)].map(([, change, consent]) => change ?? consent!),
  );
}

describe('the registry', () => {
  test('has every scenario once and finds it by its id', () => {
    for (const key of ['id', 'workflowType'] as const) {
      expect(new Set(scenarios.map((scenario) => scenario[key])).size).toBe(scenarios.length);
    }
    for (const scenario of scenarios) expect(scenarioById(scenario.id)).toBe(scenario);
    expect(scenarioById('no-such-scenario')).toBeUndefined();
  });
  test('leaves out no recovery: every story of ours is an entry', () => {
    const stories = sources.filter(
      ({ path, text }) => /^workflows\/(phases\/)?[^/]+\.ts$/.test(path) && /= recovery\('/.test(text),
    );
    const entries = scenarios.map(({ id, inner }) => `workflows/${inner ? 'phases/' : ''}${id}.ts`);
    expect(stories.map(({ path }) => path).toSorted()).toEqual(entries.toSorted());
  });
  test('names activities that the worker has', async () => {
    const { createActivities } = await import('../activities/index.ts');
    const served = Object.keys(createActivities({} as Parameters<typeof createActivities>[0]));
    const named = Object.values(kinds).flatMap(({ diagnose, verify, log, backups }) => [
      ...(diagnose ? [diagnose] : []),
      ...(verify ? [...verify.checks, verify.keep] : []),
      ...(log ? [log] : []),
      ...Object.values(backups ?? {}).filter((name) => typeof name === 'string'),
    ]);
    expect(named.filter((name) => !served.includes(name))).toEqual([]);
  });
});

describe('no kind of target is special', () => {
  /** What must not know it: kernel, API, and every command but those that make the playground. */
  const general = sources.filter(
    ({ path }) =>
      /^(workflows\/kit|api|cli|contracts\/http)\//.test(path) ||
      /^activities\/(kernel|records)[^/]*\.ts$/.test(path) ||
      /^workflows\/(lease|ask|backup|backup-test)\.ts$/.test(path),
  );
  const playground = /^cli\/(playground[^/]*|what-to-try)\.ts$/;

  test('kernel, API and commands say no word about tool stores', () => {
    expect(general.length).toBeGreaterThan(40);
    const words = /tool[- ]?stores?|\.pi\/|(stop|start)Agent|criticalTools/i;
    const faults = general
      .filter(({ path }) => !playground.test(path))
      .flatMap(({ path, text }) =>
        text.split('\n').flatMap((line, at) => (words.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
      );
    expect(faults).toEqual([]);
  });
  test('the toys have a kind, a story of two levels on two targets, and entries like any other, all of it outside of our rooms', () => {
    const group: ScenarioEntry = scenarioById('toy-group', toyScenarios)!;
    expect(group.kinds).toEqual(['toy']);
    expect(toyKinds['toy']).toBeDefined();
    expect(read('test/support/toy/workflows.ts')).toMatch(/recover\('first'[\s\S]*recover\('second'/);
    const ours = sources.filter(({ path }) => !/^(test|bench|scripts)\//.test(path));
    expect(ours.filter(({ code }) => /\btoy[A-Z-]|'toy'/.test(code)).map(({ path }) => path)).toEqual([]);
  });
});
