/** Endpoints in real files: whole or old, with owner and mode kept, never through a link. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
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
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createEndpointFiles } from '../../adapters/endpoints/endpoint-files.ts';
import { failureOf } from '../activities/tool-store/world.ts';

/** The user that owns nothing, on every Linux. */
const nobody = 65_534;
const files = createEndpointFiles();
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-endpoint-'));
  path = join(folder, 'primary.ini');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const { code, message } = await failureOf(work);
  expect(code).toBe('endpoint-refused');
  return message;
};
const attributes = () => {
  const { mode, uid, gid } = statSync(path);
  return { mode: (mode & 0o7777).toString(8), uid, gid };
};

test('a file is replaced by another one that has its owner and mode, and whoever has it open reads the old one to its end', async () => {
  writeFileSync(path, 'old');
  chownSync(path, nobody, nobody);
  chmodSync(path, 0o640);
  const reader = openSync(path, 'r');
  await files.write(path, 'new');
  expect(readFileSync(reader, 'utf8')).toBe('old');
  expect(await files.read(path)).toBe('new');
  expect(attributes()).toEqual({ mode: '640', uid: nobody, gid: nobody });
  expect(readdirSync(folder)).toEqual(['primary.ini']);
});

test('a new file belongs to the owner of its folder and may be read by all', async () => {
  chownSync(folder, nobody, nobody);
  expect(await files.read(path)).toBeUndefined();
  await files.write(path, 'new');
  await files.write(path, 'new');
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(attributes()).toEqual({ mode: '644', uid: nobody, gid: nobody });
});

test('a link is not followed, and what it points to stays as it is', async () => {
  const real = join(folder, 'real');
  writeFileSync(real, 'old');
  symlinkSync(real, path);
  const said = `${path} is a symbolic link, which is not followed: declare the file itself.`;
  expect(await refusal(files.read(path))).toBe(said);
  expect(await refusal(files.write(path, 'new'))).toBe(said);
  expect(readFileSync(real, 'utf8')).toBe('old');
  expect(readdirSync(folder).toSorted()).toEqual(['primary.ini', 'real']);
});

test('what cannot be the file of an endpoint is refused', async () => {
  mkdirSync(path);
  expect(await refusal(files.write(path, 'new'))).toBe(`${path} is not a file.`);
  const big = join(folder, 'big');
  writeFileSync(big, 'x'.repeat(65_537));
  expect(await refusal(files.read(big))).toContain('has more than 64 kB');
  expect(await refusal(files.write(join(folder, 'missing/primary.ini'), 'new'))).toContain('cannot be written (ENOENT at');
});

test('a worker that may not keep the owner leaves the file alone', async () => {
  chmodSync(folder, 0o777);
  writeFileSync(path, 'old');
  process.seteuid!(nobody);
  try {
    expect(await refusal(files.write(path, 'new'))).toContain('belongs to another user');
  } finally {
    process.seteuid!(0);
  }
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['primary.ini']);
  chmodSync(path, 0o600);
  process.seteuid!(nobody);
  try {
    expect(await refusal(files.read(path))).toContain('cannot be read (EACCES at open)');
  } finally {
    process.seteuid!(0);
  }
});

test('what an attempt that was killed left behind goes, what one of this minute writes stays', async () => {
  const [old, fresh] = ['.primary.ini.okiagari-0123', '.primary.ini.okiagari-4567'].map((name) => join(folder, name));
  for (const name of [old!, fresh!]) writeFileSync(name, 'half');
  utimesSync(old!, 0, Date.now() / 1_000 - 61);
  await files.write(path, 'new');
  expect([existsSync(old!), existsSync(fresh!)]).toEqual([false, true]);
});
