/** What is left at work on a data directory is ended before its files are exchanged; the rest is tested on real clusters. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  connectionText,
  passwordLine,
  readConnectionText,
  readSetting,
  withSettings,
} from '../../adapters/postgres/connection-words.ts';
import { createStandbySetup } from '../../adapters/postgres/local-standby.ts';
import { endPrograms } from '../../adapters/postgres/server-processes.ts';
import { createCommandRunner } from '../../adapters/process/run-command.ts';

test('a program that outlived its worker is ended, and only on this data directory', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-setup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'pg_rewind');
  copyFileSync('/bin/sh', program);
  const left = (data: string) => {
    const child = spawn(program, ['-c', 'read line', '--', '--target-pgdata', data], { stdio: ['pipe', 'ignore', 'ignore'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  const [ours, others] = [left('/data/a'), left('/data/b')];
  await Promise.all([once(ours, 'spawn'), once(others, 'spawn')]);
  const gone = once(ours, 'exit');
  await endPrograms('/data/a', ['pg_rewind']);
  expect(await gone).toEqual([null, 'SIGKILL']);
  expect([others.exitCode, others.signalCode]).toEqual([null, null]);
});

test('a server that somebody started while its copy was made is stopped before the copy takes its place', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-setup-'));
  const data = join(folder, 'data');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of [data, `${data}.okiagari`, `${data}.okiagari-new`]) mkdirSync(path);
  writeFileSync(join(data, 'PG_VERSION'), 'before');
  writeFileSync(`${data}.okiagari/progress`, 'rebuilt\n');
  copyFileSync('/bin/sleep', join(folder, 'postgres'));
  const server = spawn(join(folder, 'postgres'), ['60'], { cwd: data, stdio: 'ignore' });
  onTestFinished(() => void server.kill('SIGKILL'));
  await once(server, 'spawn');
  const gone = once(server, 'exit');
  const control = { kind: 'local' as const, data, bin: '/nowhere', start: ['false'], stop: ['kill', `${server.pid}`] };
  const node = { id: 'a', host: '127.0.0.1', port: 5_432, control };
  const source = { ...node, database: 'postgres', user: 'repl', password: { env: 'PG' }, slot: 'a' };
  const setup = createStandbySetup(() => 'secret', createCommandRunner());
  expect(await setup.rebuild(node, source, 'test')).toBe(`${data}.okiagari-old-test`);
  expect(await gone).toEqual([null, 'SIGTERM']);
  expect([readdirSync(data), readdirSync(`${data}.okiagari-old-test`)]).toEqual([[], ['PG_VERSION']]);
});

test('words of a connection are read as they were written, whatever is in them', () => {
  const words = { host: 'db-a', user: `o'ki`, passfile: String.raw`/a b\c`, application_name: 'a' };
  expect(readConnectionText(connectionText(words))).toEqual(words);
  expect(readConnectionText(`host=127.0.0.1 port = 5432 user='x y'`)).toEqual({ host: '127.0.0.1', port: '5432', user: 'x y' });
  expect(passwordLine('u:1', String.raw`p\w:d`)).toBe(String.raw`*:*:*:u\:1:p\\w\:d` + '\n');
});

test('a setting is that of its last line, and is replaced without touching others', () => {
  const file = `# by hand\nport = '1'\nprimary_conninfo = 'host=''a'''\nprimary_conninfo_not = 'x'\nport='2'\n`;
  expect(readSetting(file, 'port')).toBe('2');
  expect(readSetting(file, 'primary_conninfo')).toBe(`host='a'`);
  expect(readSetting(file, 'primary_slot_name')).toBeUndefined();
  expect(withSettings(file, { primary_conninfo: `host='b'` })).toBe(
    `# by hand\nport = '1'\nprimary_conninfo_not = 'x'\nport='2'\nprimary_conninfo = 'host=''b'''\n`,
  );
});
