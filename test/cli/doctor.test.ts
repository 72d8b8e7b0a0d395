/** The doctor names what would keep this machine from recovering anything, and what to do about it. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

let folder: string;
let variables: NodeJS.ProcessEnv;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-doctor-'));
  mkdirSync(join(folder, 'bin'));
  variables = { PATH: join(folder, 'bin'), XDG_CACHE_HOME: join(folder, 'cache'), OKIAGARI_API_PORT: '1', TOKEN_HANA: 'x' };
  writeFileSync(
    join(folder, 'okiagari.yaml'),
    `version: 1
people: [{ id: hana, name: Hana, roles: [operator, approver], token: { env: TOKEN_HANA } }]
repositories: [{ id: local, kind: directory, path: ./backups }]
targets: [{ id: tools, kind: tool-store, root: ./project, repositories: [local], agent: none }]
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly sentence: string;
}

/** Exit code, and the findings by what they look at. */
function examine(): Promise<{ code: number; found: Record<string, Finding> }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [main, 'doctor', '--json'], { cwd: folder, env: variables }, (_error, stdout) => {
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      resolve({ code: child.exitCode!, found: Object.fromEntries(findings.map((one) => [one.check, one])) });
    });
  });
}

test('settings, inventory and tokens are well; no Temporal and no API are two findings, each with its command', async () => {
  const { code, found } = await examine();
  expect(code).toBe(1);
  expect(Object.entries(found).map(([check, { ok }]) => [check, ok])).toEqual([
    ['settings', true],
    ['inventory', true],
    ['tokens', true],
    ['temporal', false],
    ['api', false],
  ]);
  expect(found['temporal']!.sentence).toContain('node scripts/setup.mjs start');
  expect(found['api']!.sentence).toContain('npm start');
});

test('a token that is named and not there, and a Temporal that is found', async () => {
  variables['TOKEN_HANA'] = '';
  writeFileSync(join(folder, 'bin/temporal'), '#!/bin/sh\n');
  chmodSync(join(folder, 'bin/temporal'), 0o755);
  const { found } = await examine();
  expect(found['tokens']).toMatchObject({ ok: false, sentence: expect.stringContaining('hana') as string });
  expect(found['temporal']!.ok).toBe(true);
});

test('a wrong inventory is told with its faults, no inventory with where to begin, a wrong variable by name', async () => {
  writeFileSync(join(folder, 'okiagari.yaml'), 'version: 3\n');
  expect((await examine()).found['inventory']!.sentence).toContain('line 1: version');
  rmSync(join(folder, 'okiagari.yaml'));
  expect((await examine()).found['inventory']!.sentence).toContain('npm start');
  variables['OKIAGARI_API_PORT'] = 'many';
  expect((await examine()).found['settings']).toMatchObject({
    ok: false,
    sentence: expect.stringContaining('OKIAGARI_API_PORT') as string,
  });
});
