/** Endpoints repointed by real files and real commands, whoever is refused or killed in between. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { repoint } from '../../../activities/endpoints/repoint.ts';
import { createPorts } from '../../../adapters/ports.ts';
import type { FileEndpoint } from '../../../contracts/endpoint-settings.ts';
import { failureOf } from '../tool-store/world.ts';

const ports = createPorts({ inventory: () => expect.unreachable(), data: tmpdir(), secret: () => undefined });
const [a, b] = [
  { id: 'a', host: 'db-a', port: 5_432 },
  { id: 'b', host: 'db-b', port: 5_433 },
];
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-repoint-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});
const at = (name: string): string => join(folder, name);
const textOf = (name: string): string => readFileSync(at(name), 'utf8');
/** Its reload notes what it read. */
const endpoint = (id: string, more: Partial<FileEndpoint> = {}): FileEndpoint => ({
  ...{ id, kind: 'file', path: at(id), text: '{host}:{port}\n' },
  reload: ['sh', '-c', `cat ${at(id)} >> ${at(`${id}.seen`)}`],
  ...more,
});

test('what differs is written and reloaded, and what stood there is told', async () => {
  writeFileSync(at('proxy'), 'by hand\n');
  const both = [endpoint('proxy'), endpoint('new')];
  expect(await repoint(ports, both, a)).toEqual([
    { endpoint: 'proxy', outcome: 'changed', before: 'by hand\n' },
    { endpoint: 'new', outcome: 'changed' },
  ]);
  expect(await repoint(ports, both, b)).toEqual([
    { endpoint: 'proxy', outcome: 'changed', before: 'db-a:5432\n' },
    { endpoint: 'new', outcome: 'changed', before: 'db-a:5432\n' },
  ]);
  expect(textOf('proxy.seen')).toBe('db-a:5432\ndb-b:5433\n');
});

test('what is right already is not written, and reloaded all the same: the attempt before may have been killed in between', async () => {
  await repoint(ports, [endpoint('proxy')], a);
  const { ino } = statSync(at('proxy'));
  expect(await repoint(ports, [endpoint('proxy')], a)).toEqual([{ endpoint: 'proxy', outcome: 'already' }]);
  expect(statSync(at('proxy')).ino).toBe(ino);
  expect(textOf('proxy.seen')).toBe('db-a:5432\ndb-a:5432\n');
});

test('one that wants no reload is only written', async () => {
  const { reload: _, ...silent } = endpoint('env');
  expect(await repoint(ports, [silent], a)).toEqual([{ endpoint: 'env', outcome: 'changed' }]);
  expect(textOf('env')).toBe('db-a:5432\n');
});

test('a text that is long, or looks like it holds a secret, is not carried on', async () => {
  for (const before of ['* = password=canary\n', 'x'.repeat(4_001)]) {
    writeFileSync(at('proxy'), before);
    expect(await repoint(ports, [endpoint('proxy')], a)).toEqual([{ endpoint: 'proxy', outcome: 'changed' }]);
  }
});

test('a reload that fails is told with its last words and without its secrets, and keeps no other endpoint back', async () => {
  const failing = endpoint('proxy', {
    reload: ['sh', '-c', 'echo "postgres://app:canary@db-a refused, password=canary2" >&2; exit 3'],
  });
  const gone = endpoint('other', { reload: ['okiagari-no-such-program'] });
  const { code, message, details } = await failureOf(repoint(ports, [failing, gone, endpoint('third')], b));
  expect(code).toBe('endpoint-refused');
  expect(message).toBe(
    'proxy: its file is written, but its reload ended with 3: postgres://app:…@db-a refused, password=… ' +
      'other: its file is written, but its reload was not found: spawn okiagari-no-such-program ENOENT',
  );
  expect(JSON.stringify(details)).not.toContain('canary');
  expect(['proxy', 'other', 'third'].map(textOf)).toEqual(Array(3).fill('db-b:5433\n'));
  expect(textOf('third.seen')).toBe('db-b:5433\n');
});

test('a file that cannot be written is not reloaded', async () => {
  const lost = endpoint('proxy', { path: at('missing/proxy'), reload: ['touch', at('reloaded')] });
  const { message } = await failureOf(repoint(ports, [lost], b));
  expect(message).toContain('missing/proxy cannot be written (ENOENT');
  expect(existsSync(at('reloaded'))).toBe(false);
});

test('a stop ends a reload that hangs', async () => {
  const stop = new AbortController();
  const hanging = endpoint('proxy', { reload: ['sh', '-c', `touch ${at('begun')}; sleep 30`] });
  const work = repoint(ports, [hanging], b, stop.signal);
  await expect.poll(() => existsSync(at('begun')), { timeout: 5_000 }).toBe(true);
  stop.abort(new Error('stopped'));
  await expect(work).rejects.toThrow('stopped');
});
