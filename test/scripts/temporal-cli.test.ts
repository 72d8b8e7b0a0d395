/** The order in which a `temporal` command is found. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { builtTemporal, downloadedTemporal, findTemporal } from '../../scripts/temporal-cli.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(path: string, mode = 0o755): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
}

test('what the parent chose comes first, then the PATH, the built one, the downloaded one', () => {
  const variables = { XDG_CACHE_HOME: join(folder, 'cache'), PATH: join(folder, 'bin') };
  expect(findTemporal(variables)).toBeUndefined();
  const downloaded = put(downloadedTemporal(variables));
  expect(findTemporal(variables)).toBe(downloaded);
  const built = put(builtTemporal(variables));
  expect(findTemporal(variables)).toBe(built);
  const onPath = put(join(folder, 'bin/temporal'));
  expect(findTemporal(variables)).toBe(onPath);
  const chosen = put(join(folder, 'chosen'));
  expect(findTemporal({ ...variables, OKIAGARI_TEMPORAL_CLI: chosen })).toBe(chosen);
});

test('a folder of that name and a file that may not run are passed over', () => {
  mkdirSync(join(folder, 'a/temporal'), { recursive: true });
  put(join(folder, 'b/temporal'), 0o644);
  const good = put(join(folder, 'c/temporal'));
  expect(findTemporal({ PATH: ['a', 'b', 'c'].map((name) => join(folder, name)).join(':'), XDG_CACHE_HOME: folder })).toBe(good);
});
