/** Source code through git: a ref becomes a commit becomes files, and nothing but files. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createGitSources } from '../../adapters/git/git-sources.ts';
import { sourceCode, type SourceEntry } from '../../contracts/source-code.ts';
import { makeGitRepository } from '../support/git-repository.ts';

function world() {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-git-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const repository = makeGitRepository(folder);
  const entry = (more: Partial<SourceEntry> = {}): SourceEntry => ({
    path: '.pi/extensions',
    git: repository.path,
    ref: 'main',
    folder: '',
    ...more,
  });
  return { folder, repository, entry, cache: join(folder, 'cache'), sources: createGitSources(join(folder, 'cache')) };
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing failed',
    (error: unknown) => (error instanceof ApplicationFailure ? error.type : error),
  );

test('a branch, a tag and a commit name the commit that they mean', async () => {
  const { repository, entry, sources } = world();
  const first = repository.commit({ 'a.ts': 'one' });
  repository.tag('v1', first);
  const second = repository.commit({ 'a.ts': 'two' });
  expect(await sources.resolve(entry())).toBe(second);
  expect(await sources.resolve(entry({ ref: 'v1' }))).toBe(first);
  expect(await sources.resolve(entry({ ref: first }))).toBe(first);
});

test('files are listed with the mode that git knows and the hash of their bytes, and brought as they are', async () => {
  const { folder, repository, entry, sources } = world();
  const commit = repository.commit({
    'other.ts': 'x',
    'lib/a.ts': 'const a = 1;\r\n',
    'lib/deep/run.sh*': '#!/bin/sh\n',
    'lib/空 白.ts': '日本',
  });
  const listed = await sources.list(entry({ folder: 'lib' }), commit);
  expect(listed.map(({ path, mode }) => [path, mode])).toEqual([
    ['a.ts', '0644'],
    ['deep/run.sh', '0755'],
    ['空 白.ts', '0644'],
  ]);
  expect(await sources.bring(entry({ folder: 'lib' }), commit, { root: folder, path: 'out' })).toEqual(listed);
  expect(readFileSync(join(folder, 'out/a.ts'), 'utf8')).toBe('const a = 1;\r\n');
  expect(readFileSync(join(folder, 'out/空 白.ts'), 'utf8')).toBe('日本');
});

test('an older commit of a branch that moved on can still be brought, by its id', async () => {
  const { repository, entry, sources } = world();
  const first = repository.commit({ 'a.ts': 'one' });
  repository.commit({ 'a.ts': 'two' });
  expect((await sources.list(entry(), first))[0]!.bytes).toBe(3);
});

test('a commit that was brought once needs the repository no more', async () => {
  const { folder, repository, entry, sources } = world();
  const commit = repository.commit({ 'a.ts': 'one' });
  await sources.list(entry(), commit);
  rmSync(repository.path, { recursive: true });
  expect(await sources.list(entry(), commit)).toHaveLength(1);
  expect(await codeOf(sources.resolve(entry()))).toBe('source-unreachable');
  expect(readdirSync(join(folder, 'cache')).length).toBe(1);
});

test('many at once bring one commit once, and leave nothing unfinished', async () => {
  const { repository, entry, cache, sources } = world();
  const commit = repository.commit({ 'a.ts': 'one' });
  await Promise.all(Array.from({ length: 5 }, () => sources.list(entry(), commit)));
  const home = join(cache, readdirSync(cache)[0]!);
  expect(readdirSync(home)).toEqual([`${commit}.git`]);
  // What a killed attempt left goes with the next one.
  mkdirSync(join(home, 'making-dead'));
  utimesSync(join(home, 'making-dead'), 0, 0);
  const next = repository.commit({ 'a.ts': 'two' });
  await sources.list(entry(), next);
  expect(readdirSync(home).toSorted()).toEqual([`${commit}.git`, `${next}.git`].toSorted());
});

test('links, missing folders, missing refs and empty folders are refused by name', async () => {
  const { repository, entry, sources } = world();
  const commit = repository.commit({ 'a.ts': 'one', 'linked/passwd': null });
  expect(await codeOf(sources.list(entry({ folder: 'linked' }), commit))).toBe('source-unusable');
  expect(await codeOf(sources.list(entry({ folder: 'nowhere' }), commit))).toBe('source-unusable');
  expect(await codeOf(sources.resolve(entry({ ref: 'nowhere' })))).toBe('source-unusable');
});

test('settings in the home or the environment of whoever runs it change nothing', async () => {
  const { folder, repository, entry, sources } = world();
  const commit = repository.commit({ 'a.ts': 'one' });
  const settings = join(folder, 'gitconfig');
  writeFileSync(settings, `[url "/nowhere/"]\n  insteadOf = ${folder}/\n`);
  vi.stubEnv('GIT_CONFIG_GLOBAL', settings);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await sources.resolve(entry())).toBe(commit);
  expect(await sources.list(entry(), commit)).toHaveLength(1);
});

test('addresses with a password, an option or a helper are refused with the inventory', () => {
  const good = [
    'https://git.example.jp/x.git',
    'ssh://git@git.example.jp/x',
    'git@git.example.jp:x/y.git',
    'file:///srv/x.git',
    '/srv/x',
    './x',
    '../x',
  ];
  const bad = [
    'https://user:secret@git.example.jp/x',
    'https://token@git.example.jp/x',
    '--upload-pack=touch',
    'ext::sh -c id',
    'http://git.example.jp/x',
    'ssh://-oProxyCommand=id/x',
    'git@-x:y',
    'host:-x',
  ];
  const parse = (git: string) => sourceCode.safeParse({ path: '.pi/extensions', git }).success;
  expect(good.filter((git) => !parse(git))).toEqual([]);
  expect(bad.filter(parse)).toEqual([]);
  for (const path of ['.pi/tools', '.pi/logs', '.pi/extensions/../tools', '/etc', '.pi', '.pi/extensions//x']) {
    expect([path, sourceCode.safeParse({ path, git: './x' }).success]).toEqual([path, false]);
  }
  for (const ref of ['-x', 'a..b', '', 'a b']) {
    expect(sourceCode.safeParse({ path: '.pi/lib', git: './x', ref }).success).toBe(false);
  }
});
