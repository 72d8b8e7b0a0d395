/** Directories change places whole, from wherever they lie, and a death at any moment is made up for; the servers are tested on real clusters. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { MachineNode } from '../../activities/ports/node-control.ts';
import { createCommandRunner } from '../../adapters/process/run-command.ts';
import { createDataExchange } from '../../adapters/postgres/data-exchange.ts';
import { listSetAside } from '../../adapters/postgres/set-aside.ts';
import { onSmallDisk } from '../support/mounts.ts';

const exchange = createDataExchange(createCommandRunner());
const name = '0123456789ab';

/** A data directory as far as an exchange looks into it. */
function directory(path: string, what: string, settings: string, files: Readonly<Record<string, string>> = {}): string {
  for (const folder of ['pg_wal', 'pg_tblspc']) mkdirSync(join(path, folder), { recursive: true });
  const all = {
    content: what,
    'postgresql.conf': `# of ${what}\n`,
    'pg_hba.conf': `# of ${what}\n`,
    'server.crt': `certificate of ${what}\n`,
    'postgresql.auto.conf': settings,
  };
  for (const [file, text] of Object.entries({ ...all, ...files })) writeFileSync(join(path, file), text);
  return path;
}

function bed() {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-exchange-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const home = directory(join(folder, 'data'), 'production', `port = '5433'\nrecovery_target_xid = '7'\n`, {
    'standby.signal': 'Fenced',
    'pg_wal/00000002.history': '1\t0/3000000\tno recovery target specified\n',
  });
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch);
  const node: MachineNode = {
    id: 'a',
    host: '127.0.0.1',
    port: 5433,
    control: { kind: 'local', data: home, bin: '/usr/bin' },
  };
  const kept = exchange.kept(node, name);
  return { folder, home, scratch, node, kept, read: (file: string) => readFileSync(join(home, file), 'utf8') };
}

const goal = (from: string): string =>
  `port = '5432'\narchive_mode = 'off'\nrecovery_target_name = ''\nrestore_command = 'get --pg=${from} %f'\nrecovery_target_time = 'then'\nrecovery_target_action = 'pause'\n`;
const restoredInto = (from: string): string => directory(from, 'restored', goal(from), { 'recovery.signal': '' });

test('a restored directory comes into place with the node’s own settings and its goal, and settles without it', async () => {
  const { home, scratch, node, kept, read } = bed();
  const from = restoredInto(join(scratch, 'data'));
  expect(await exchange.exchange(node, from, name)).toBe(kept);
  expect([read('content'), read('pg_hba.conf')]).toEqual(['restored', '# of production\n']);
  // By which clients know the node.
  expect(read('server.crt')).toBe('certificate of production\n');
  const settings = read('postgresql.auto.conf');
  expect(settings).toContain(`port = '5433'\n`);
  expect(settings).not.toContain('archive_mode');
  expect(settings).toContain(`restore_command = 'get --pg=${home} %f'`);
  // The node's own goal of another kind is taken back before: no server bears two.
  expect(settings.indexOf(`recovery_target_xid = ''`)).toBeLessThan(settings.indexOf(`recovery_target_time = 'then'`));
  expect(settings).toContain(`recovery_target_action = 'promote'`);
  expect([existsSync(from), existsSync(join(home, 'pg_wal/00000002.history'))]).toEqual([false, true]);
  expect(readFileSync(join(kept, 'content'), 'utf8')).toBe('production');
  expect(await exchange.state(node, name)).toBe('done');
  const [setAside, ...more] = await listSetAside(home);
  expect([setAside?.path, more]).toEqual([kept, []]);
  expect(Date.now() - Date.parse(setAside!.since)).toBeLessThan(60_000);
  await exchange.settle(node);
  await exchange.settle(node);
  expect(read('postgresql.auto.conf')).toBe(`port = '5433'\nrecovery_target_xid = '7'\n`);
  // Once more is no exchange.
  await exchange.exchange(node, from, name);
  expect(read('content')).toBe('restored');
});

test('and goes back out of it: what was there before comes up as a standby of nobody, on its own timeline', async () => {
  const { home, scratch, node, kept, read } = bed();
  await exchange.exchange(node, restoredInto(join(scratch, 'data')), name);
  writeFileSync(join(home, 'pg_wal/00000003.history'), 'of the restored one\n');
  expect(await exchange.takeBack(node, name)).toBe(true);
  expect([read('content'), existsSync(join(home, 'standby.signal')), existsSync(kept)]).toEqual(['production', true, false]);
  expect(read('postgresql.auto.conf')).toMatch(/recovery_target_xid = ''[^]*recovery_target_timeline = 'current'/);
  expect(read('pg_wal/00000003.history')).toBe('of the restored one\n');
  expect(readFileSync(join(`${home}.okiagari-old-undone-${name}`, 'content'), 'utf8')).toBe('restored');
  expect(await exchange.takeBack(node, name)).toBe(true);
  await exchange.settle(node);
  expect(await exchange.takeBack(node, name)).toBe(false);
  expect(read('content')).toBe('production');
});

test('a death between its renamings is made up for, forwards and backwards', async () => {
  for (const goesOn of [true, false]) {
    const { home, scratch, node, kept, read } = bed();
    const from = restoredInto(join(scratch, 'data'));
    await exchange.exchange(node, from, name);
    renameSync(home, `${home}.okiagari-in-${name}`);
    expect(await exchange.state(node, name)).toBe('begun');
    if (goesOn) await exchange.exchange(node, from, name);
    else await exchange.takeBack(node, name);
    expect([read('content'), existsSync(kept)]).toEqual(goesOn ? ['restored', true] : ['production', false]);
    expect(existsSync(`${home}.okiagari-in-${name}`)).toBe(false);
  }
});

test('before the first renaming nothing is taken back but the copy', async () => {
  const { home, scratch, node, read } = bed();
  renameSync(restoredInto(join(scratch, 'data')), `${home}.okiagari-in-${name}`);
  expect(await exchange.takeBack(node, name)).toBe(false);
  expect([read('content'), existsSync(`${home}.okiagari-in-${name}`)]).toEqual(['production', false]);
});

test('from another file system it is copied, with owners, modes and links', async () => {
  const { scratch, node, home, read } = bed();
  await onSmallDisk(scratch, '4m', async () => {
    const from = restoredInto(join(scratch, 'data'));
    execFileSync('chown', ['-R', '1234:1234', from]);
    execFileSync('chmod', ['640', join(from, 'content')]);
    symlinkSync('/somewhere', join(from, 'link'));
    await exchange.exchange(node, from, name);
    expect(existsSync(from)).toBe(false);
  });
  expect(statSync(join(home, 'content'))).toMatchObject({ uid: 1234, gid: 1234, mode: 0o100640 });
  expect(statSync(join(home, 'pg_wal')).uid).toBe(1234);
  expect([read('content'), readlinkSync(join(home, 'link'))]).toEqual(['restored', '/somewhere']);
  expect(existsSync(`${home}.okiagari-in-${name}.part`)).toBe(false);
});

test('tablespaces leave the scratch folder too', async () => {
  const { scratch, node, home, folder } = bed();
  const from = restoredInto(join(scratch, 'data'));
  mkdirSync(join(`${from}-tablespaces`, '16385'), { recursive: true });
  writeFileSync(join(`${from}-tablespaces`, '16385/file'), 'rows');
  symlinkSync(`${from}-tablespaces/16385`, join(from, 'pg_tblspc/16385'));
  symlinkSync(`${folder}/elsewhere`, join(from, 'pg_tblspc/16386'));
  await exchange.exchange(node, from, name);
  rmSync(scratch, { recursive: true });
  expect(readFileSync(join(home, 'pg_tblspc/16385/file'), 'utf8')).toBe('rows');
  expect(readlinkSync(join(home, 'pg_tblspc/16386'))).toBe(`${folder}/elsewhere`);
});

test('a directory that is only a link is left alone', async () => {
  const { folder, home, node } = bed();
  expect(await exchange.whyNot(node)).toBeUndefined();
  const link = join(folder, 'link');
  symlinkSync(home, link);
  expect(await exchange.whyNot({ ...node, control: { ...node.control, data: link } })).toContain('is a link');
});
