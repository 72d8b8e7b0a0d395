/** The record store on a directory: durable, atomic, one winner. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDirectoryRecords } from '../../adapters/files/directory-records.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'records-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('put writes and replaces, get answers the newest body or undefined', async () => {
  const records = createDirectoryRecords(folder);
  expect(await records.get('a/b.json')).toBeUndefined();
  await records.put('a/b.json', 'one');
  await records.put('a/b.json', 'two ✓');
  expect(await records.get('a/b.json')).toBe('two ✓');
  expect(await records.get('a/b.json/c')).toBeUndefined();
});

test('of many racing creates exactly one wins, and its body stands', async () => {
  const stores = Array.from({ length: 4 }, () => createDirectoryRecords(folder));
  const wins = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => ((await stores[n % 4]!.create('audit/000001.json', `body ${n}`)) ? n : undefined)),
  );
  const winners = wins.filter((n) => n !== undefined);
  expect(winners).toHaveLength(1);
  expect(await stores[0]!.get('audit/000001.json')).toBe(`body ${winners[0]}`);
  expect(readdirSync(join(folder, 'audit'))).toEqual(['000001.json']);
});

test('create never replaces what is there', async () => {
  const records = createDirectoryRecords(folder);
  await records.put('x', 'first');
  expect(await records.create('x', 'second')).toBe(false);
  expect(await records.get('x')).toBe('first');
});

test('list is sorted, goes into sub-folders, and leaves out unfinished writes', async () => {
  const records = createDirectoryRecords(folder);
  for (const key of ['p/c', 'p/a/z', 'p/b', 'q/x']) await records.put(key, key);
  writeFileSync(join(folder, 'p', '.write-1-abc'), 'half');
  expect(await records.list('p/')).toEqual(['p/a/z', 'p/b', 'p/c']);
  expect(await records.list('nothing/')).toEqual([]);
});

test('remove twice is fine', async () => {
  const records = createDirectoryRecords(folder);
  await records.put('a/b', 'x');
  await records.remove('a/b');
  await records.remove('a/b');
  await records.remove('never/was');
  expect(await records.get('a/b')).toBeUndefined();
});

test.each(['../out', 'a/../../out', '/out', 'a//b', '', 'a/.', 'a\0b', '.write-1'])('the key %j is refused', async (key) => {
  const records = createDirectoryRecords(join(folder, 'in'));
  await expect(records.put(key, 'x')).rejects.toThrow('Not a record key');
  await expect(records.get(key)).rejects.toThrow('Not a record key');
  expect(existsSync(join(folder, 'out'))).toBe(false);
});
