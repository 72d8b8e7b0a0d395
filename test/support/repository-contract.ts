/** What every backup repository keeps to, a directory and an object store alike. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BackupRepository } from '../../activities/ports/backup-repository.ts';

const target = 'tools';
const id = '20261122T020000Z-full-1a2b3c';
const options = { mode: '0640', durable: true };
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** `open` answers a new, empty repository each time. */
export function repositoryContract(name: string, open: () => Promise<BackupRepository>): void {
  describe(`a repository in ${name}`, () => {
    let repository: BackupRepository;
    let root: string;
    beforeEach(async () => {
      root = mkdtempSync(join(tmpdir(), 'repository-'));
      repository = await open();
    });
    afterEach(() => rmSync(root, { recursive: true, force: true }));

    const put = (path: string, content: Buffer | string) => {
      writeFileSync(join(root, path), content);
      return { root, path };
    };
    const finish = (backup = id) => repository.writeDocument(target, backup, 'manifest.json', '{}');

    test('brings back, byte for byte, what was stored under the names of the tree', async () => {
      const content = Buffer.concat([randomBytes(3_000_000), Buffer.from('a\nb')]);
      const stored = await repository.store(target, id, '.pi/tools/dt_a b#?+日本.json', put('a', content), options);
      expect(stored).toMatchObject({ bytes: content.length, sha256: sha256(content) });
      const to = { root, path: 'new/folder/a' };
      const modifiedAt = '2026-11-01T02:03:04.000Z';
      const fetched = await repository.fetch(target, id, '.pi/tools/dt_a b#?+日本.json', to, { ...options, modifiedAt });
      expect(fetched).toMatchObject({ bytes: content.length, sha256: sha256(content), lines: stored.lines, ownerKept: true });
      const path = join(root, to.path);
      expect(readFileSync(path).equals(content)).toBe(true);
      expect([statSync(path).mode & 0o7777, statSync(path).mtime.toISOString()]).toEqual([0o640, modifiedAt]);
    });

    test('knows a backup from its manifest on, and takes no leftover for one', async () => {
      expect(await repository.list(target)).toEqual([]);
      await repository.store(target, id, '.pi/tools/a.json', put('a', 'a'), options);
      await repository.writeDocument(target, id, 'verification.json', '{}');
      expect(await repository.list(target)).toEqual([]);
      await finish();
      await finish('20261123T020000Z-full-1a2b3c');
      expect(await repository.list(target)).toEqual([id, '20261123T020000Z-full-1a2b3c']);
      expect(await repository.list('tool')).toEqual([]);
    });

    test('reads documents as they were written last, and says that one is not there', async () => {
      expect(await repository.readDocument(target, id, 'manifest.json')).toBeUndefined();
      for (const body of ['{"n":1}', '{"n":2,"text":"起き上がり"}']) {
        await repository.writeDocument(target, id, 'hold.json', body);
        expect(await repository.readDocument(target, id, 'hold.json')).toBe(body);
      }
    });

    test('keeps of two stored under one name the second, and forgets what is discarded', async () => {
      await repository.store(target, id, '.pi/logs/a.jsonl', put('a', 'one\n'), options);
      await repository.store(target, id, '.pi/logs/a.jsonl', put('a', 'two\nthree\n'), { ...options, upTo: 4 });
      expect(await repository.read(target, id, '.pi/logs/a.jsonl', 100)).toMatchObject({
        bytes: 4,
        sha256: sha256('two\n'),
        lines: 1,
      });
      await repository.discard(target, id, '.pi/logs/a.jsonl');
      await repository.discard(target, id, '.pi/logs/a.jsonl');
      await expect(repository.read(target, id, '.pi/logs/a.jsonl', 100)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    test('answers content only where it is no larger than asked for', async () => {
      await repository.store(target, id, 'a', put('a', 'four'), options);
      expect((await repository.read(target, id, 'a', 4)).content?.toString()).toBe('four');
      expect((await repository.read(target, id, 'a', 3)).content).toBeUndefined();
    });

    test('stores and brings an empty file', async () => {
      await repository.store(target, id, 'empty', put('a', ''), options);
      expect(await repository.fetch(target, id, 'empty', { root, path: 'b' }, options)).toMatchObject({ bytes: 0, lines: 0 });
      expect(statSync(join(root, 'b')).size).toBe(0);
    });

    test('leaves no file where there is nothing to bring, and none in place of one that is there', async () => {
      await expect(repository.fetch(target, id, 'nothing', { root, path: 'b' }, options)).rejects.toMatchObject({
        code: 'ENOENT',
      });
      expect(statSync(join(root, 'b'), { throwIfNoEntry: false })).toBeUndefined();
      await repository.store(target, id, 'a', put('a', 'new'), options);
      put('b', 'old');
      await expect(repository.fetch(target, id, 'a', { root, path: 'b' }, options)).rejects.toMatchObject({ code: 'EEXIST' });
      expect(readFileSync(join(root, 'b'), 'utf8')).toBe('old');
    });

    test.each(['../../other', 'a/../../../b', '/etc/passwd', 'a//b', 'a/./b'])('refuses %j as a name', async (path) => {
      const from = put('a', 'a');
      await expect(repository.store(target, id, path, from, options)).rejects.toThrow('leaves its folder');
      await expect(repository.read(target, id, path, 10)).rejects.toThrow('leaves its folder');
    });

    test('stores no link, and nothing beyond one', async () => {
      mkdirSync(join(root, 'elsewhere'));
      put('elsewhere/secret', 'secret');
      symlinkSync('elsewhere', join(root, 'folder'));
      symlinkSync('elsewhere/secret', join(root, 'file'));
      for (const path of ['file', 'folder/secret']) {
        await expect(repository.store(target, id, 'a', { root, path }, options)).rejects.toThrow('is a link');
      }
      await expect(repository.read(target, id, 'a', 10)).rejects.toMatchObject({ code: 'ENOENT' });
    });

    test('clears what an unfinished attempt left, and only that', async () => {
      const other = '20261123T020000Z-full-1a2b3c';
      await repository.store(target, id, 'a/b/c', put('a', 'a'), options);
      await repository.store(target, other, 'a/b/c', put('a', 'other'), options);
      for (let twice = 0; twice < 2; twice++) await repository.clear(target, id);
      await expect(repository.read(target, id, 'a/b/c', 10)).rejects.toMatchObject({ code: 'ENOENT' });
      expect((await repository.read(target, other, 'a/b/c', 10)).content?.toString()).toBe('other');
    });

    test('removes a whole backup, twice if need be, and leaves its neighbour', async () => {
      const neighbour = `${id}2`;
      for (const backup of [id, neighbour]) {
        await repository.store(target, backup, 'a', put('a', 'a'), options);
        await finish(backup);
      }
      for (let twice = 0; twice < 2; twice++) await repository.remove(target, id);
      expect(await repository.list(target)).toEqual([neighbour]);
      await expect(repository.read(target, id, 'a', 10)).rejects.toMatchObject({ code: 'ENOENT' });
      expect((await repository.read(target, neighbour, 'a', 10)).bytes).toBe(1);
    });

    test('finds nothing strange in what it stored, names its place, and has room', async () => {
      await repository.store(target, id, '.pi/tools/a.json', put('a', 'a'), options);
      expect(await repository.strange(target, id)).toEqual([]);
      expect(repository.describe(target, id)).toContain(id);
      expect(await repository.freeBytes()).toBeGreaterThan(0);
    });

    test('stops in the middle of a long file when it is told to', async () => {
      const from = put('a', randomBytes(20_000_000));
      const controller = new AbortController();
      const storing = repository.store(target, id, 'a', from, options, controller.signal);
      controller.abort(new Error('enough'));
      await expect(storing).rejects.toThrow();
      await expect(repository.read(target, id, 'a', 10)).rejects.toMatchObject({ code: 'ENOENT' });
    });
  });
}
