/** The rules of the house, checked on every source file; each message says why the rule is there. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import * as rules from './support/architecture.ts';
import { rooms } from './support/rooms.ts';
import { parseSource, readSources } from './support/source-files.ts';

const sources = readSources();
const all = (path: string): unknown => JSON.parse(readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8'));

describe('the house', () => {
  test('every room has files, or the rules look at nothing', () => {
    const counts = Object.keys(rooms).map((room) => [room, sources.filter((file) => file.room === room).length > 0]);
    expect(Object.fromEntries(counts)).toEqual(Object.fromEntries(Object.keys(rooms).map((room) => [room, true])));
  });
  test('rooms import only what their row of the table names', () => expect(rules.roomRule(sources)).toEqual([]));
  test('packages with consequences have one place', () => expect(rules.placeRule(sources)).toEqual([]));
  test('environment, proxies, failures and exports have their one place', () => expect(rules.wordRule(sources)).toEqual([]));
  test('nobody leans on a door', () => expect(rules.doorRule(sources)).toEqual([]));
  test('there are no cycles', () => expect(rules.cycleRule(sources)).toEqual([]));
  test('files are short', () => expect(rules.sizeRule(sources)).toEqual([]));
  test('files open with a sentence', () => expect(rules.openingRule(sources)).toEqual([]));
  test('names say what is inside', () => expect(rules.nameRule(sources)).toEqual([]));
  test('things are imported from where they live', () => expect(rules.barrelRule(sources)).toEqual([]));
});

describe('each rule catches what it is there for', () => {
  const file = (path: string, body: string) => parseSource(path, `/** A sentence. */\n${body}\n`);
  const caught = (rule: (files: ReturnType<typeof file>[]) => string[], path: string, body: string) =>
    rule([file(path, body)]).length;

  test('imports against the table, by value and by type', () => {
    expect(caught(rules.roomRule, 'domain/a.ts', "import { z } from 'zod';")).toBe(1);
    expect(caught(rules.roomRule, 'domain/a.ts', "import { readFileSync } from 'node:fs';")).toBe(1);
    expect(caught(rules.roomRule, 'workflows/a.ts', "import { kinds } from '../contracts/kinds.ts';")).toBe(1);
    expect(caught(rules.roomRule, 'workflows/a.ts', "import type { Kinds } from '../contracts/kinds.ts';")).toBe(0);
    expect(caught(rules.roomRule, 'workflows/a.ts', "import {\n  type A,\n  type B,\n} from '../activities/x.ts';")).toBe(0);
    expect(caught(rules.roomRule, 'workflows/a.ts', "import { type A, b } from '../activities/x.ts';")).toBe(1);
    expect(caught(rules.roomRule, 'adapters/files/a.ts', "import type { Ports } from '../../activities/ports/index.ts';")).toBe(
      0,
    );
    expect(caught(rules.roomRule, 'adapters/files/a.ts', "import { Ports } from '../../activities/ports/index.ts';")).toBe(1);
    expect(caught(rules.roomRule, 'activities/a.ts', "export const load = () => import('../adapters/ports.ts');")).toBe(1);
    expect(caught(rules.roomRule, 'domain/messages.ts', "import { defineQuery } from '@temporalio/workflow';")).toBe(0);
    expect(caught(rules.roomRule, 'domain/other.ts', "import { defineQuery } from '@temporalio/workflow';")).toBe(1);
  });
  test('the Temporal client and worker outside of their place', () => {
    expect(caught(rules.placeRule, 'api/routes/a.ts', "import { Client } from '@temporalio/client';")).toBe(1);
    expect(caught(rules.placeRule, 'api/temporal-gateway.ts', "import { Client } from '@temporalio/client';")).toBe(0);
    expect(caught(rules.placeRule, 'api/a.ts', "import { Runtime } from '@temporalio/worker';")).toBe(1);
  });
  test('words outside of their place', () => {
    expect(caught(rules.wordRule, 'api/a.ts', "export const a = process.env['HOME'];")).toBe(1);
    expect(caught(rules.wordRule, 'api/a.ts', "import { env } from 'node:process';")).toBe(1);
    expect(caught(rules.wordRule, 'api/a.ts', '// reads process.env\nexport const a = 1;')).toBe(0);
    expect(caught(rules.wordRule, 'workflows/steps/a.ts', 'const a = proxyLocalActivities({});')).toBe(1);
    expect(caught(rules.wordRule, 'workflows/a.ts', "throw ApplicationFailure.nonRetryable('x');")).toBe(1);
    expect(caught(rules.wordRule, 'workflows/a.ts', 'if (error instanceof ApplicationFailure) return;')).toBe(0);
    expect(caught(rules.wordRule, 'domain/a.ts', 'export default function a() {}')).toBe(1);
  });
  test('doors that are leant on', () => {
    expect(caught(rules.doorRule, 'adapters/a.ts', "import type { A } from '../api/a.ts';")).toBe(1);
    expect(caught(rules.doorRule, 'worker/a.ts', "import { a } from '../cli/a.ts';")).toBe(1);
  });
  test('cycles by value, not by type', () => {
    const a = file('domain/a.ts', "import { b } from './b.ts';");
    expect(
      rules.cycleRule([
        a,
        file('domain/b.ts', "import { c } from './c.ts';"),
        file('domain/c.ts', "import { a } from './a.ts';"),
      ]),
    ).toHaveLength(1);
    expect(rules.cycleRule([a, file('domain/b.ts', "import type { A } from './a.ts';")])).toHaveLength(0);
  });
  test('long files, silent files, careless names, barrels', () => {
    expect(caught(rules.sizeRule, 'domain/a.ts', 'a\n'.repeat(200))).toBe(1);
    expect(rules.openingRule([parseSource('domain/a.ts', 'export const a = 1;\n')])).toHaveLength(1);
    expect(rules.openingRule([parseSource('domain/a.ts', '/** two words */\nexport const a = 1;\n')])).toHaveLength(1);
    expect(caught(rules.openingRule, 'domain/a.ts', 'export const a = 1;')).toBe(0);
    expect(caught(rules.nameRule, 'domain/utils/a.ts', '')).toBe(1);
    expect(caught(rules.nameRule, 'domain/camelCase.ts', '')).toBe(1);
    expect(caught(rules.nameRule, 'domain/index.ts', '')).toBe(1);
    expect(caught(rules.barrelRule, 'domain/a.ts', "export { b } from './b.ts';")).toBe(1);
    expect(caught(rules.barrelRule, 'workflows/index.ts', "export { b } from './b.ts';")).toBe(0);
  });
});

describe('the packages', () => {
  const lock = all('package-lock.json') as {
    packages: Record<string, { version: string; optionalDependencies?: Record<string, string> }>;
  };

  test('the lock is whole: npm drops what the registry of the day lacks, and then every `npm ci` fails', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  test('all of @temporalio has one version: two do not speak to each other', () => {
    const versions = Object.entries(lock.packages)
      .filter(([path]) => /(^|\/)node_modules\/@temporalio\/[^/]+$/.test(path))
      .map(([, { version }]) => version);
    expect(versions.length).toBeGreaterThan(5);
    expect([...new Set(versions)]).toHaveLength(1);
  });
  test('@temporalio is pinned exactly: a range would let one of them move alone', () => {
    const { dependencies, devDependencies } = all('package.json') as Record<
      'dependencies' | 'devDependencies',
      Record<string, string>
    >;
    const ours = Object.entries({ ...dependencies, ...devDependencies }).filter(([name]) => name.startsWith('@temporalio/'));
    expect(ours.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
  test('protobufjs 8 is the hoisted one: with 7 on top, replaying a history fails', () => {
    expect(lock.packages['node_modules/protobufjs']?.version).toMatch(/^8\./);
  });
  test('the lock names no registry: it installs from whichever the machine uses', () => {
    expect(readFileSync(fileURLToPath(new URL('../package-lock.json', import.meta.url)), 'utf8')).not.toContain('"resolved"');
  });
  test('the shim that types durations is there, and a file that must not compile guards it', () => {
    expect(existsSync(fileURLToPath(new URL('../types/ms.d.ts', import.meta.url)))).toBe(true);
    expect(readdirSync(fileURLToPath(new URL('.', import.meta.url)))).toContain('duration-shim.ts');
  });
});
