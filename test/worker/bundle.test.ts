/** The workflow bundle is built once for the same sources, anew for others, and never seen half written. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { workflowBundle } from '../../worker/bundle.ts';

let folder: string;
let entry: string;
let cacheFolder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-bundle-'));
  mkdirSync(join(folder, 'flows'));
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'));
  entry = join(folder, 'flows/index.ts');
  cacheFolder = join(folder, 'cache');
  writeFileSync(entry, "export async function hello(): Promise<string> {\n  return 'first words';\n}\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the second call finds the file of the first and leaves it as it is', async () => {
  const first = await workflowBundle({ entry, cacheFolder });
  utimesSync(first.codePath, 1, 1);
  const second = await workflowBundle({ entry, cacheFolder });
  expect(second).toEqual(first);
  expect(statSync(second.codePath).mtimeMs).toBe(1_000);
  expect(readFileSync(second.codePath, 'utf8')).toContain('first words');
});

test('a changed workflow gives another bundle, and the old one again when it is changed back', async () => {
  const first = await workflowBundle({ entry, cacheFolder });
  cpSync(entry, join(folder, 'kept.ts'));
  writeFileSync(entry, readFileSync(entry, 'utf8').replace('first', 'other'));
  const second = await workflowBundle({ entry, cacheFolder });
  expect(second.codePath).not.toBe(first.codePath);
  expect(readFileSync(second.codePath, 'utf8')).toContain('other words');
  cpSync(join(folder, 'kept.ts'), entry);
  expect(await workflowBundle({ entry, cacheFolder })).toEqual(first);
});

test('two at once both get a whole bundle, and nothing unfinished stays', async () => {
  const [a, b] = await Promise.all([workflowBundle({ entry, cacheFolder }), workflowBundle({ entry, cacheFolder })]);
  expect(a).toEqual(b);
  expect(readdirSync(cacheFolder)).toHaveLength(1);
});

test('old bundles go, the newest stay', async () => {
  mkdirSync(cacheFolder);
  for (let age = 1; age <= 12; age++) {
    const path = join(cacheFolder, `workflows-${String(age).padStart(16, '0')}.js`);
    writeFileSync(path, 'old');
    utimesSync(path, 1_000 - age, 1_000 - age);
  }
  const { codePath } = await workflowBundle({ entry, cacheFolder });
  const left = readdirSync(cacheFolder);
  expect(left).toHaveLength(8);
  expect(left.map((name) => join(cacheFolder, name))).toContain(codePath);
  expect(left).toContain('workflows-0000000000000007.js');
  expect(left).not.toContain('workflows-0000000000000008.js');
});
