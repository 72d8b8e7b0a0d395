/** Which tools are put away for their timeouts: those that earned it, those that were named, never a critical one. */
import { describe, expect, test } from 'vitest';
import { chooseTools, type ChoiceWorld } from '../../../domain/timeouts/choose-tools.ts';
import { timeoutSymptoms } from '../../../domain/timeouts/timeout-symptoms.ts';
import type { LiveFile } from '../../../domain/tool-store/restore-plan.ts';

const state = { kind: 'file', sha256: '0', bytes: 1, mode: '0644', uid: 0, gid: 0 } as const;
const tool = (name: string, folder = ''): LiveFile => {
  const id = `dt_${name}`;
  return { path: `.pi/tools/${folder}${id}.json`, state, judged: { ok: true, tool: { id, name, code: '', usageCount: 0 } } };
};
const world = (more: Partial<ChoiceWorld>): ChoiceWorld => ({
  ...{ live: [tool('a'), tool('b'), tool('c'), tool('away', 'disabled/')], atLeast: 3, critical: [] },
  counts: [
    { tool: 'a', timeouts: 2 },
    { tool: 'dt_a', timeouts: 1 },
    { tool: 'b', timeouts: 9 },
    { tool: 'away', timeouts: 9 },
    { tool: 'gone', timeouts: 9 },
    { tool: 'c', timeouts: 2 },
  ],
  ...more,
});
const paths = (more: Partial<ChoiceWorld>) => {
  const decision = chooseTools(world(more));
  return 'tools' in decision ? decision.tools.map(({ path }) => path.replace('.pi/tools/', '')) : decision;
};

describe('without names', () => {
  test('those in use with so many timeouts, under name and id together, the worst first', () => {
    expect(paths({})).toEqual(['dt_b.json', 'dt_a.json']);
    expect(paths({ atLeast: 4 })).toEqual(['dt_b.json']);
    expect(paths({ atLeast: 10 })).toEqual([]);
  });
  test('never a critical one, and that is said', () => {
    expect(paths({ critical: ['b'] })).toEqual(['dt_a.json']);
    expect(chooseTools(world({ critical: ['b'] }))).toMatchObject({ sentence: { en: expect.stringMatching(/Critical.*: b\./) } });
  });
  test('thirty at once, the others later', () => {
    const many = Array.from({ length: 40 }, (_, n) => `t${n}`);
    const more = { live: many.map((name) => tool(name)), counts: many.map((name) => ({ tool: name, timeouts: 5 })) };
    expect(paths(more)).toHaveLength(30);
    expect(chooseTools(world(more))).toMatchObject({ sentence: { en: expect.stringContaining('10 more wait') } });
  });
});

describe('named', () => {
  test('whatever the log says, by name or id, also one that is no tool any more or is put away already', () => {
    const broken: LiveFile = { path: '.pi/tools/dt_x.json', state };
    expect(paths({ named: ['c', 'dt_a', 'dt_x', 'away'], live: [...world({}).live, broken] })).toEqual([
      'dt_c.json',
      'dt_a.json',
      'dt_x.json',
      'dt_away.json',
    ]);
  });
  test('but not what nobody knows, and not a critical one', () => {
    expect(paths({ named: ['a', 'never'] })).toEqual({ unknown: ['never'] });
    expect(paths({ named: ['a'], critical: ['a'] })).toEqual({ critical: ['a'] });
  });
});

test('a diagnosis suggests it from three timeouts of one tool on', () => {
  expect(timeoutSymptoms([{ tool: 'a', timeouts: 2 }])).toEqual({ symptoms: [], suggests: [] });
  expect(timeoutSymptoms([{ tool: 'a', timeouts: 3 }])).toMatchObject({
    symptoms: [{ id: 'tools-time-out', sentence: { en: expect.stringContaining('a (3)') } }],
    suggests: [{ scenario: 'tool-timeouts', input: {} }],
  });
});
