/** The file tree of this machine: it stays inside its roots, follows no link, and leaves nothing half done. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDirectoryRecords } from '../../adapters/files/directory-records.ts';
import { createLocalFiles } from '../../adapters/files/local-files.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';

const files = createLocalFiles();
let folder: string;
let root: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'));
  root = join(folder, 'root');
  mkdirSync(join(root, 'a/b'), { recursive: true });
  writeFileSync(join(root, 'a/b/file'), 'one\ntwo');
  mkdirSync(join(folder, 'outside'));
  writeFileSync(join(folder, 'outside/secret'), 'secret');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = { mode: '0640', durable: true };

test.each(['../outside/secret', 'a/../../outside/secret', '/etc/passwd', 'a//b', './a', 'a/./b', 'a\0b'])(
  '%j leaves its folder',
  async (path) => {
    const bad = { root, path };
    const good = { root, path: 'a/b/file' };
    await expect(files.look(bad)).rejects.toThrow(UnsafePath);
    await expect(files.read(bad, 10)).rejects.toThrow(UnsafePath);
    await expect(files.copy(good, bad, options)).rejects.toThrow(UnsafePath);
    await expect(files.writeDocument(bad, 'x')).rejects.toThrow(UnsafePath);
    await expect(files.remove(bad)).rejects.toThrow(UnsafePath);
    await expect(files.removeTree(bad)).rejects.toThrow(UnsafePath);
    await expect(files.rename(root, 'a/b/file', path)).rejects.toThrow(UnsafePath);
    await expect(files.link(root, 'a/b/file', path)).rejects.toThrow(UnsafePath);
    await expect(files.link(root, path, 'a/second')).rejects.toThrow(UnsafePath);
  },
);

test('a second name is the same file, and never takes the place of another one', async () => {
  await files.link(root, 'a/b/file', 'a/second');
  expect(statSync(join(root, 'a/second')).ino).toBe(statSync(join(root, 'a/b/file')).ino);
  writeFileSync(join(root, 'a/third'), 'somebody else');
  await expect(files.link(root, 'a/b/file', 'a/third')).rejects.toMatchObject({ code: 'EEXIST' });
  expect(readFileSync(join(root, 'a/third'), 'utf8')).toBe('somebody else');
  symlinkSync(join(folder, 'outside'), join(root, 'a/out'));
  await expect(files.link(root, 'a/b/file', 'a/out/file')).rejects.toThrow(UnsafePath);
});

test('a link is described, never followed: not as a file, not as a folder on the way', async () => {
  symlinkSync(join(folder, 'outside'), join(root, 'a/out'));
  symlinkSync(join(folder, 'outside/secret'), join(root, 'a/secret'));
  expect(await files.look({ root, path: 'a/secret' })).toMatchObject({ kind: 'link', pointsTo: join(folder, 'outside/secret') });
  await expect(files.read({ root, path: 'a/secret' }, 100)).rejects.toThrow(/a\/secret: is a link/);
  await expect(files.readDocument({ root, path: 'a/secret' })).rejects.toThrow(UnsafePath);
  await expect(files.read({ root, path: 'a/out/secret' }, 100)).rejects.toThrow(/a\/out: is a link/);
  await expect(files.scan({ root, path: 'a/out' })).rejects.toThrow(UnsafePath);
  await expect(files.copy({ root, path: 'a/b/file' }, { root, path: 'a/out/new' }, options)).rejects.toThrow(UnsafePath);
  await expect(files.setAttributes({ root, path: 'a/secret' }, '0777', { uid: 0, gid: 0 })).rejects.toThrow();
  expect((await files.scan({ root, path: 'a' })).map(({ path, kind }) => [path, kind])).toEqual([
    ['a/b/file', 'file'],
    ['a/out', 'link'],
    ['a/secret', 'link'],
  ]);
  await files.removeTree({ root, path: 'a' });
  expect(readFileSync(join(folder, 'outside/secret'), 'utf8')).toBe('secret');
});

test('a root may itself be reached through a link', async () => {
  symlinkSync(root, join(folder, 'link-to-root'));
  expect((await files.read({ root: join(folder, 'link-to-root'), path: 'a/b/file' }, 100)).lines).toBe(2);
});

test('a pipe or a folder is no file, and is refused without waiting for it', async () => {
  execFileSync('mkfifo', [join(root, 'pipe')]);
  await expect(files.read({ root, path: 'pipe' }, 10)).rejects.toThrow('is not a regular file');
  await expect(files.read({ root, path: 'a' }, 10)).rejects.toThrow('is not a regular file');
});

test('a copy has the bytes, the mode whatever the umask, the owner, and a true hash', async () => {
  const before = process.umask(0o077);
  try {
    const to = { root, path: 'new/deep/copy' };
    const copied = await files.copy({ root, path: 'a/b/file' }, to, {
      ...options,
      owner: { uid: 1234, gid: 1235 },
      modifiedAt: '2020-02-02T02:02:02.000Z',
    });
    expect(copied).toMatchObject({ bytes: 7, lines: 2, ownerKept: true });
    expect(
      execFileSync('sha256sum', [join(root, 'new/deep/copy')])
        .toString()
        .slice(0, 64),
    ).toBe(copied.sha256);
    const facts = statSync(join(root, 'new/deep/copy'));
    expect([facts.mode & 0o777, facts.uid, facts.gid, facts.mtime.toISOString()]).toEqual([
      0o640,
      1234,
      1235,
      '2020-02-02T02:02:02.000Z',
    ]);
  } finally {
    process.umask(before);
  }
});

test('large files arrive whole, hashed and counted', async () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, n) => `line ${n}\n`).join(''));
  writeFileSync(join(root, 'large'), content);
  const copied = await files.copy({ root, path: 'large' }, { root, path: 'copy' }, options);
  expect(readFileSync(join(root, 'copy')).equals(content)).toBe(true);
  expect(copied).toMatchObject({ bytes: content.length, lines: 300_000 });
  expect((await files.read({ root, path: 'large' }, 0)).sha256).toBe(copied.sha256);
  const part = await files.copy({ root, path: 'large' }, { root, path: 'part' }, { ...options, upTo: 2_500_000 });
  expect(readFileSync(join(root, 'part')).equals(content.subarray(0, 2_500_000))).toBe(true);
  expect(part.bytes).toBe(2_500_000);
});

test('a copy replaces nothing, and one that fails leaves nothing', async () => {
  writeFileSync(join(root, 'there'), 'mine');
  await expect(files.copy({ root, path: 'a/b/file' }, { root, path: 'there' }, options)).rejects.toMatchObject({
    code: 'EEXIST',
  });
  expect(readFileSync(join(root, 'there'), 'utf8')).toBe('mine');
  await expect(files.copy({ root, path: 'nothing' }, { root, path: 'new' }, options)).rejects.toMatchObject({ code: 'ENOENT' });
  const stop = new AbortController();
  stop.abort();
  await expect(files.copy({ root, path: 'a/b/file' }, { root, path: 'new' }, options, stop.signal)).rejects.toThrow();
  expect(existsSync(join(root, 'new'))).toBe(false);
});

test('a document is replaced in one step, and nothing of the write stays', async () => {
  await files.writeDocument({ root, path: 'docs/one.json' }, 'first');
  await files.writeDocument({ root, path: 'docs/one.json' }, 'second');
  expect(await files.readDocument({ root, path: 'docs/one.json' })).toBe('second');
  expect(await files.readDocument({ root, path: 'docs/none.json' })).toBeUndefined();
  expect(readdirSync(join(root, 'docs'))).toEqual(['one.json']);
});

test('new folders belong to whoever owns the place they were made in', async () => {
  execFileSync('chown', ['1234:1235', root]);
  await files.makeFolder({ root, path: 'x/y/z' });
  for (const path of ['x', 'x/y', 'x/y/z']) expect(statSync(join(root, path))).toMatchObject({ uid: 1234, gid: 1235 });
});

test('the version of a file tells every kind of change', async () => {
  const version = async (): Promise<string> => (await files.look({ root, path: 'a/b/file' }))!.version;
  const seen = [await version()];
  expect(await version()).toBe(seen[0]);
  chmodSync(join(root, 'a/b/file'), 0o600);
  seen.push(await version());
  writeFileSync(join(root, 'a/b/file'), 'ONE\nTWO');
  seen.push(await version());
  expect(new Set(seen).size).toBe(3);
});

test.each([
  ['whole lines', 'one\ntwo\n', 8],
  ['a torn last line', 'one\n{"tw', 4],
  ['a whole object without a newline', 'one\n{"two":2}', 13],
  ['no line end at all', '{"torn', 0],
  ['one object and nothing else', '{}', 2],
  ['a number, which is no object', 'one\n42', 4],
  ['nothing', '', 0],
])('the end of the last whole line: %s', async (_, content, end) => {
  writeFileSync(join(root, 'log'), content);
  expect(await files.lineEnd({ root, path: 'log' }, content.length)).toBe(end);
});

test('the end of the last whole line is found before a torn line of many megabytes', async () => {
  writeFileSync(join(root, 'log'), `first\n{"${'x'.repeat(3_000_000)}`);
  expect(await files.lineEnd({ root, path: 'log' }, 3_000_008)).toBe(6);
});

test('removing and removing again is fine, and only an empty folder goes with removeIfEmpty', async () => {
  for (const path of ['a/b/file', 'a/b/file', 'no/such']) await files.remove({ root, path });
  writeFileSync(join(root, 'a/other'), '');
  await files.removeIfEmpty({ root, path: 'a' });
  await files.removeIfEmpty({ root, path: 'a/b' });
  await files.removeIfEmpty({ root, path: 'a/b' });
  expect(readdirSync(join(root, 'a'))).toEqual(['other']);
});

test('what is durable was synced before it returned: the bytes, and the folder that names them', async () => {
  const handle = await open(join(root, 'a/b/file'));
  const sync = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'sync');
  await handle.close();
  const synced = async (work: () => Promise<unknown>): Promise<number> => {
    sync.mockClear();
    await work();
    return sync.mock.calls.length;
  };
  const from = { root, path: 'a/b/file' };
  expect(await synced(() => files.copy(from, { root, path: 'quick' }, { ...options, durable: false }))).toBe(0);
  expect(await synced(() => files.copy(from, { root, path: 'safe' }, options))).toBe(1);
  expect(await synced(() => files.copy(from, { root, path: 'new/safe' }, options))).toBe(2);
  expect(await synced(() => files.writeDocument({ root, path: 'document' }, 'x'))).toBe(2);
  expect(await synced(() => files.setAttributes(from, '0600', { uid: 0, gid: 0 }))).toBe(1);
  expect(await synced(() => files.syncFolder({ root, path: 'a' }))).toBe(1);
  expect(await synced(() => createDirectoryRecords(root).put('record', 'x'))).toBe(2);
  expect(await synced(() => createDirectoryRecords(root).create('record-2', 'x'))).toBe(2);
  sync.mockRestore();
});
