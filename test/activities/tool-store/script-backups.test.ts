/** The backups that the runbook's own shell left: found as they lie, tested, restored, and never written to. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pack } from 'tar-stream';
import { pipeline } from 'node:stream/promises';
import { createWriteStream } from 'node:fs';
import { createGzip } from 'node:zlib';
import { expect, test } from 'vitest';
import { addTool, failureOf, logPath, makeWorld, picture, recovery, restore, target, type World } from './world.ts';

/** The runbook's script, as it stands there, but for the date. */
const script = `
BACKUP_BASE=".pi/backups"
BACKUP_DIR="\${BACKUP_BASE}/$1"
mkdir -p "\${BACKUP_DIR}"
if [ -d ".pi/tools" ]; then cp -r .pi/tools "\${BACKUP_DIR}/tools"; fi
if [ -f ".pi/logs/dynamic-tools-audit.jsonl" ]; then cp .pi/logs/dynamic-tools-audit.jsonl "\${BACKUP_DIR}/"; fi
cat > "\${BACKUP_DIR}/metadata.json" <<EOF
{
  "backupDate": "$2",
  "toolCount": $(ls .pi/tools/*.json 2>/dev/null | wc -l),
  "logSize": $(du -b .pi/logs/dynamic-tools-audit.jsonl 2>/dev/null | cut -f1),
  "version": "1.0"
}
EOF
`;
const runScript = (
  world: World,
  day: string,
  at = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T02:00:00+09:00`,
): void => void execFileSync('sh', ['-c', script, 'backup', day, at], { cwd: world.root });

const list = (world: World) => world.tools.listToolStoreBackups({ target });

test('a folder of the script is listed as such, tested, restored, and its folder is not touched', async () => {
  const world = await makeWorld();
  const good = picture(world.live('.pi/tools'));
  runScript(world, '20260214');
  const scripts = picture(world.live('.pi/backups'));
  const [found, ...others] = await list(world);
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    id: 'script-20260214',
    source: 'script',
    status: 'complete',
    startedAt: '2026-02-13T17:00:00.000Z',
    counts: { tools: 12, logLines: 200 },
    repositories: ['script'],
  });
  expect((await world.tools.testToolStoreBackup({ target, backup: 'script-20260214' })).status).toBe('verified');
  expect((await list(world))[0]?.status).toBe('verified');
  rmSync(world.live('.pi/tools'), { recursive: true });
  rmSync(world.live(logPath));
  const { receipt } = await restore(world, 'script-20260214');
  expect(receipt).toMatchObject({ written: 13, logRestored: true });
  expect(picture(world.live('.pi/tools'))).toEqual(good);
  expect(picture(world.live('.pi/backups'))).toEqual(scripts);
});

test('it is verified only as long as it is what was tested', async () => {
  const world = await makeWorld();
  runScript(world, '20260214');
  await world.tools.testToolStoreBackup({ target, backup: 'script-20260214' });
  const copy = world.live(`.pi/backups/20260214/tools/${world.sample.tools[0]!.id}.json`);
  truncateSync(copy, 50);
  expect((await list(world))[0]?.status).toBe('complete');
  const tested = await world.tools.testToolStoreBackup({ target, backup: 'script-20260214' });
  expect(tested).toMatchObject({ status: 'failed' });
  expect(tested.failure).toContain('1 of 12 tools are not valid');
});

test('run twice on one day: two candidates, the nested one newer', async () => {
  const world = await makeWorld();
  runScript(world, '20260214', '2026-02-14T02:00:00+09:00');
  addTool(world.root, 'made_later');
  utimesToDay(world.live('.pi/backups/20260214/tools'), '2026-02-13T17:00:00.000Z');
  runScript(world, '20260214', '2026-02-14T15:00:00+09:00');
  expect(existsSync(world.live('.pi/backups/20260214/tools/tools'))).toBe(true);
  const found = await list(world);
  expect(found.map(({ id, counts, startedAt }) => [id, counts['tools'], startedAt])).toEqual([
    ['script-20260214-2', 13, '2026-02-14T06:00:00.000Z'],
    ['script-20260214', 12, '2026-02-13T17:00:00.000Z'],
  ]);
  expect(found[1]?.findings?.[0]?.en).toContain('the script ran again that day');
  for (const { id } of found) expect((await world.tools.testToolStoreBackup({ target, backup: id })).status).toBe('verified');
});

function utimesToDay(folder: string, at: string): void {
  for (const name of execFileSync('find', [folder, '-type', 'f']).toString().trim().split('\n')) {
    utimesSync(name, new Date(at), new Date(at));
  }
}

test('a metadata.json that is not JSON is a finding, not an end', async () => {
  const world = await makeWorld();
  rmSync(world.live(logPath));
  runScript(world, '20260215');
  expect(() => JSON.parse(readFileSync(world.live('.pi/backups/20260215/metadata.json'), 'utf8')) as unknown).toThrow();
  const [found] = await list(world);
  expect(found?.findings?.[0]?.en).toContain('metadata.json is not JSON');
  // The folder says the day; the files were copied just now.
  expect(found?.startedAt).toBe('2026-02-14T17:00:00.000Z');
  expect((await world.tools.testToolStoreBackup({ target, backup: 'script-20260215' })).status).toBe('verified');
});

test('the emergency layout below the tools folder is read as well', async () => {
  const world = await makeWorld();
  const day = world.live('.pi/tools/backup/20260301');
  mkdirSync(day, { recursive: true });
  for (const { id, path } of world.sample.tools) copyFileSync(world.live(path), join(day, `${id}.json`));
  const [found] = await list(world);
  expect(found).toMatchObject({ id: 'script-tools-backup-20260301', source: 'script', counts: { tools: 12, logLines: 0 } });
  expect((await world.tools.testToolStoreBackup({ target, backup: found!.id })).status).toBe('verified');
  const good = picture(world.live('.pi/tools'));
  for (const { path } of world.sample.tools.slice(0, 5)) rmSync(world.live(path));
  await restore(world, found!.id);
  expect(picture(world.live('.pi/tools'))).toEqual(good);
});

test.each([
  ['tools at the top', '.pi/tools', '.'],
  ['tools below tools/', '.pi', 'tools logs'],
  ['tools below .pi/tools/', '.', '.pi/tools .pi/logs'],
])('a tar.gz with %s', async (_, folder, what) => {
  const world = await makeWorld();
  mkdirSync(world.live('.pi/backups'));
  execFileSync('tar', ['-czf', world.live('.pi/backups/backup.tar.gz'), '-C', world.live(folder), ...what.split(' ')]);
  const archive = readFileSync(world.live('.pi/backups/backup.tar.gz'));
  const [found] = await list(world);
  expect(found).toMatchObject({ id: 'script-backup.tar.gz', source: 'script', counts: { tools: 12 } });
  expect((await world.tools.testToolStoreBackup({ target, backup: found!.id })).status).toBe('verified');
  const good = picture(world.live('.pi/tools'));
  rmSync(world.live('.pi/tools'), { recursive: true });
  await restore(world, found!.id);
  expect(picture(world.live('.pi/tools'))).toEqual(good);
  expect(readFileSync(world.live('.pi/backups/backup.tar.gz'))).toEqual(archive);
  expect(await list(world)).toHaveLength(1);
});

test('a tar.gz beside the tools folder counts too, and one that is replaced is read anew', async () => {
  const world = await makeWorld();
  const path = world.live('.pi/backup.tar.gz');
  execFileSync('tar', ['-czf', path, '-C', world.root, '.pi/tools', '.pi/logs']);
  expect((await list(world))[0]).toMatchObject({ id: 'script-backup.tar.gz', counts: { tools: 12, logLines: 200 } });
  addTool(world.root, 'one_more');
  rmSync(path);
  execFileSync('tar', ['-czf', path, '-C', world.root, '.pi/tools', '.pi/logs']);
  expect((await list(world))[0]?.counts['tools']).toBe(13);
});

/** A tar.gz with one entry besides a tool. */
async function hostileArchive(world: World, header: Parameters<ReturnType<typeof pack>['entry']>[0]): Promise<void> {
  const archive = pack();
  const tool = readFileSync(world.live(world.sample.tools[0]!.path));
  archive.entry({ name: `.pi/tools/${world.sample.tools[0]!.id}.json` }, tool);
  if (header.type === undefined || header.type === 'file') archive.entry(header, 'owned');
  else archive.entry(header);
  archive.finalize();
  const path = world.live('.pi/backup.tar.gz');
  mkdirSync(dirname(path), { recursive: true });
  await pipeline(archive as unknown as NodeJS.ReadableStream, createGzip(), createWriteStream(path));
}

test.each([
  ['a link', { name: '.pi/tools/evil.json', type: 'symlink', linkname: '/etc/passwd' }],
  ['a hard link', { name: '.pi/tools/evil.json', type: 'link', linkname: '../../../etc/passwd' }],
  ['a device', { name: '.pi/tools/null', type: 'character-device', devmajor: 1, devminor: 3 }],
  ['a pipe', { name: '.pi/tools/pipe', type: 'fifo' }],
  ['a path that leaves it', { name: '../../../../escaped.json' }],
  ['an absolute path', { name: '/tmp/okiagari-escaped.json' }],
] as const)('a tar.gz with %s is unsafe and leaves nothing behind', async (_, header) => {
  const world = await makeWorld();
  await hostileArchive(world, header);
  const [found] = await list(world);
  expect(found).toMatchObject({ id: 'script-backup.tar.gz', status: 'failed' });
  expect((await list(world))[0]?.failure).toBe(found?.failure);
  expect((await failureOf(world.tools.chooseBackup({ target }))).code).toBe('backup-unsafe');
  expect((await failureOf(world.tools.planRestore({ target, recovery, backup: 'script-backup.tar.gz' }))).code).toBe(
    'backup-unsafe',
  );
  expect(existsSync('/tmp/okiagari-escaped.json')).toBe(false);
  expect(existsSync(join(world.folder, 'escaped.json'))).toBe(false);
  expect(Object.keys(picture(join(world.data, 'unpacked'))).filter((path) => !path.endsWith('/'))).toEqual([]);
});

test('a tar.gz that is none is corrupt', async () => {
  const world = await makeWorld();
  writeFileSync(world.live('.pi/backup.tar.gz'), 'not a gzip');
  expect((await list(world))[0]).toMatchObject({
    status: 'failed',
    failure: expect.stringContaining('cannot be unpacked') as string,
  });
  expect((await failureOf(world.tools.chooseBackup({ target }))).code).toBe('backup-corrupt');
});

test('links in a folder of the script make it unsafe', async () => {
  const world = await makeWorld();
  runScript(world, '20260214');
  symlinkSync('/etc/passwd', world.live('.pi/backups/20260214/tools/dt_evil.json'));
  expect((await list(world))[0]).toMatchObject({ status: 'failed', failure: expect.stringContaining('holds links') as string });
  expect((await failureOf(world.tools.chooseBackup({ target }))).code).toBe('backup-unsafe');
});

test('a backups folder that is a link is not looked into', async () => {
  const world = await makeWorld();
  runScript(world, '20260214');
  cpSync(world.live('.pi/backups'), join(world.folder, 'moved'), { recursive: true });
  rmSync(world.live('.pi/backups'), { recursive: true });
  symlinkSync(join(world.folder, 'moved'), world.live('.pi/backups'));
  expect(await list(world)).toEqual([]);
});

test('what a script copied under its own umask is not taken for the modes of the tree', async () => {
  const world = await makeWorld();
  runScript(world, '20260214');
  execFileSync('chmod', ['-R', 'go-rwx', world.live('.pi/backups')]);
  rmSync(world.live(world.sample.tools[0]!.path));
  const plan = await world.tools.planRestore({ target, recovery, backup: 'script-20260214' });
  expect(plan.counts).toMatchObject({ add: 1, overwrite: 0 });
});

test('what comes back from a script belongs to the owner of the store, whoever ran the script', async () => {
  const world = await makeWorld();
  execFileSync('chown', ['-R', '1234:1235', world.live('.pi')]);
  const good = picture(world.live('.pi/tools'));
  runScript(world, '20260214');
  rmSync(world.live('.pi/tools'), { recursive: true });
  await restore(world, 'script-20260214');
  expect(picture(world.live('.pi/tools'))).toEqual(good);
});

test('a script backup that shrank is suspect beside the others', async () => {
  const world = await makeWorld();
  runScript(world, '20260214');
  for (const { path } of world.sample.tools.slice(0, 4)) rmSync(world.live(path));
  runScript(world, '20260215');
  expect((await list(world)).map(({ id, status }) => [id, status])).toEqual([
    ['script-20260215', 'suspect'],
    ['script-20260214', 'complete'],
  ]);
});
