/** Both backup tools keep one promise: what was there at a moment comes back, in a server beside production, or the reason why not. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { PostgresBackups, TakeRequest } from '../../activities/ports/postgres-backups.ts';
import type { ScratchFolder, ScratchServers } from '../../activities/ports/scratch-servers.ts';
import { createPostgresBackups } from '../../adapters/postgres/postgres-backups.ts';
import { createScratchServers } from '../../adapters/postgres/scratch-servers.ts';
import type { AfterRecovery, RecoveryGoal } from '../../domain/postgres/recovery-goal.ts';
import { reachableFrom } from '../../domain/postgres/log-files.ts';
import type { TakenBackup } from '../../domain/postgres/taken-backup.ts';
import { startBackedUp, tools, type BackedUp } from '../support/postgres/backed-up.ts';
import { until } from '../support/postgres/cluster.ts';
import { askServer, giveToOwner } from '../support/postgres/server.ts';

describe.each(tools)('%s', (tool) => {
  let bed: BackedUp;
  let backups: PostgresBackups;
  let servers: ScratchServers;
  const open: ScratchFolder[] = [];
  const kept = new Map<string, { readonly taken: TakenBackup; readonly files: string }>();
  let [full, incremental]: TakenBackup[] = [];

  /** As the manifest of an incremental does it: what the base has stays where it is. */
  async function take(id: string, kind: TakenBackup['kind'], base?: string): Promise<TakenBackup> {
    const folder = await servers.open(bed.settings);
    const stage = folder.files;
    const before = base === undefined ? undefined : kept.get(base)!;
    const has = new Set(before ? logIn(before.files) : []);
    const request: TakeRequest = {
      ...{ id, kind, stage, primary: bed.settings.nodes[0]! },
      ...(before && { base: { taken: before.taken, has } }),
    };
    const taken = await backups.take(bed.settings, request);
    const files = join(bed.folder, `kept-${id}`);
    if (before && taken.kind === 'incremental') cpSync(before.files, files, { recursive: true });
    cpSync(stage, files, { recursive: true });
    await servers.remove(folder);
    kept.set(id, { taken, files });
    return taken;
  }
  const logIn = (files: string): string[] =>
    existsSync(join(files, 'wal')) ? readdirSync(join(files, 'wal')).map((name) => name.replace(/\.gz$/, '')) : [];

  async function restore(id: string, goal: RecoveryGoal, then: AfterRecovery = 'pause') {
    const folder = await servers.open(bed.settings);
    open.push(folder);
    const { taken, files } = kept.get(id)!;
    cpSync(files, folder.files, { recursive: true });
    for (const name of readdirSync(folder.files, { recursive: true, encoding: 'utf8' })) giveToOwner(join(folder.files, name));
    const { uid, gid } = folder.owner;
    await backups.restore(bed.settings, { taken, from: folder.files, into: folder.data, goal, then });
    expect(statSync(folder.data)).toMatchObject({ uid, gid });
    return servers.start(bed.settings, folder);
  }
  const namesIn = async (node: { host: string; port: number }): Promise<string[]> =>
    (await askServer<{ name: string }>(node, 'select name from t order by 1')).map(({ name }) => name);
  const insert = async (name: string): Promise<{ at: string; lsn: string; xid: string }> => {
    const [row] = await bed.primary.sql<{ xid: string }>(
      `insert into t values ('${name}') returning pg_current_xact_id()::text as xid`,
    );
    const [now] = await bed.primary.sql<{ at: Date; lsn: string }>(
      'select clock_timestamp() as at, pg_current_wal_lsn()::text as lsn',
    );
    return { xid: row!.xid, at: now!.at.toISOString(), lsn: now!.lsn };
  };

  beforeAll(async () => {
    // Only its programs speak to the server over the network.
    bed = await startBackedUp(tool, { isTls: tool === 'base-backup' });
    backups = createPostgresBackups(bed.secret);
    servers = createScratchServers(bed.secret);
    const space = join(bed.folder, 'space');
    mkdirSync(space);
    giveToOwner(space);
    await bed.primary.sql(`create tablespace roomy location '${space}'`);
    await bed.primary.sql('create table aside tablespace roomy as select generate_series(1, 7) as n');
    // What a standby of the past, or an earlier restore, left in the settings of this cluster.
    bed.primary.set({
      recovery_end_command: `touch ${bed.folder}/ended`,
      archive_cleanup_command: `touch ${bed.folder}/cleaned`,
      recovery_target_time: '2026-01-01 00:00:00+00',
      synchronous_standby_names: 'nobody',
      data_directory: bed.primary.folder,
    });
    await bed.primary.sql('create table t (name text)');
    await insert('before full');
    full = await take('20261122T020000Z-full-1a2b3c', 'full');
    await insert('before incremental');
    incremental = await take('20261122T030000Z-incremental-1a2b3c', 'incremental', '20261122T020000Z-full-1a2b3c');
    await insert('after');
  }, 60_000);
  afterEach(async () => {
    for (const folder of open.splice(0)) await servers.remove(folder);
  });
  afterAll(() => bed?.stop());

  test('a full backup comes back as it was when it ended', async () => {
    expect(full).toMatchObject({ tool, kind: 'full', base: null, timeline: 1 });
    const node = await restore('20261122T020000Z-full-1a2b3c', { kind: 'immediate' });
    expect(await namesIn(node)).toEqual(['before full']);
  });

  test('an incremental brings what came since, and stands on the one before it', async () => {
    expect(incremental).toMatchObject({ tool, kind: 'incremental', base: full!.label });
    const node = await restore('20261122T030000Z-incremental-1a2b3c', { kind: 'immediate' });
    expect(await namesIn(node)).toEqual(['before full', 'before incremental']);
  });

  test('a tablespace comes back below the scratch folder, not as a link into production', async () => {
    const node = await restore('20261122T030000Z-incremental-1a2b3c', { kind: 'immediate' }, 'promote');
    const [found] = await askServer<{ at: string; rows: number }>(
      node,
      `select pg_tablespace_location(oid) as at, (select count(*)::int from aside) as rows from pg_tablespace where spcname = 'roomy'`,
    );
    expect(found).toMatchObject({ at: expect.stringContaining(bed.scratch) as string, rows: 7 });
    await askServer(node, 'insert into aside values (8)');
    expect(await bed.primary.sql('select count(*)::int as rows from aside')).toEqual([{ rows: 7 }]);
  });

  test('without anything to stand on an incremental holds everything', async () => {
    if (tool === 'pgbackrest') return;
    expect(await take('20261122T040000Z-incremental-2a2b3c', 'incremental')).toMatchObject({ kind: 'full', base: null });
  });

  test('it is listed where the tool has a repository of its own, once however often it was asked for', async () => {
    const listed = await backups.list(bed.settings);
    if (tool === 'base-backup') return expect(listed).toBeUndefined();
    const again = await take('20261122T030000Z-incremental-1a2b3c', 'incremental', '20261122T020000Z-full-1a2b3c');
    expect(again).toEqual(incremental);
    expect(listed?.map(({ label }) => label)).toEqual([full!.label, incremental!.label]);
  });

  test('every kind of goal is reached, and not passed', async () => {
    const first = await insert('goal 1');
    await bed.primary.sql(`select pg_create_restore_point('here')`);
    await insert('goal 2');
    const mark = await backups.mark(bed.settings, bed.settings.nodes[0]!, 'end');
    await expect.poll(async () => (await archived()).newest, { timeout: 20_000 }).toBe(mark.file);
    const goals: [RecoveryGoal, AfterRecovery][] = [
      [{ kind: 'time', at: first.at }, 'pause'],
      [{ kind: 'xid', xid: first.xid }, 'pause'],
      [{ kind: 'lsn', lsn: first.lsn }, 'pause'],
      [{ kind: 'name', name: 'here' }, 'promote'],
    ];
    for (const [goal, then] of goals) {
      const node = await restore('20261122T020000Z-full-1a2b3c', goal, then);
      expect([goal.kind, (await namesIn(node)).at(-1)]).toEqual([goal.kind, 'goal 1']);
      const [state] = await askServer<{ recovering: boolean }>(node, 'select pg_is_in_recovery() as recovering');
      expect(state!.recovering).toBe(then === 'pause');
    }
    const latest = await restore('20261122T030000Z-incremental-1a2b3c', { kind: 'latest' });
    expect(await namesIn(latest)).toContain('goal 2');
  });

  const archived = async () => {
    const folder = await servers.open(bed.settings);
    try {
      const { files, fileBytes } = (await backups.archived(bed.settings, folder.files))!;
      const newest = reachableFrom(files, full!.startFile, fileBytes)!;
      const lastCommit = await backups.lastCommit(bed.settings, { file: newest, fileBytes }, folder.files);
      return { newest, lastCommit };
    } finally {
      await servers.remove(folder);
    }
  };

  test('nothing that the settings of the cluster order is carried out on the side', () => {
    expect(readdirSync(bed.folder).filter((name) => name === 'ended' || name === 'cleaned')).toEqual([]);
  });

  test('the archived log ends at its last commit', async () => {
    const { at } = await insert('last');
    const before = Date.parse(at);
    const mark = await backups.mark(bed.settings, bed.settings.nodes[0]!, 'close');
    await expect.poll(async () => (await archived()).newest, { timeout: 20_000 }).toBe(mark.file);
    const last = Date.parse((await archived()).lastCommit!.at);
    expect(before - last).toBeGreaterThanOrEqual(0);
    expect(before - last).toBeLessThan(2_000);
  });

  test('a goal behind the end of the log is answered with the words of the server, and leaves nothing running', async () => {
    const late = new Date(Date.now() + 3_600_000).toISOString();
    await expect(restore('20261122T020000Z-full-1a2b3c', { kind: 'time', at: late })).rejects.toMatchObject({
      type: 'scratch-server-failed',
      message: expect.stringContaining('recovery ended before configured recovery target was reached') as string,
    });
    await servers.remove(open.pop()!);
    expect(readdirSync(bed.scratch)).toEqual([]);
  });

  test('one byte wrong, or one file gone, and it is refused', async () => {
    const { files } = kept.get('20261122T020000Z-full-1a2b3c')!;
    const [victim] =
      tool === 'base-backup'
        ? [join(files, 'base.tar.gz')]
        : readdirSync(bed.ownRepository, { recursive: true, encoding: 'utf8' })
            .filter((path) => path.includes(`${full!.label}/pg_data/base`) && path.endsWith('.zst'))
            .map((path) => join(bed.ownRepository, path))
            .toSorted((a, b) => statSync(b).size - statSync(a).size);
    const good = readFileSync(victim!);
    const bad = Buffer.from(good);
    bad[Math.floor(bad.length / 2)]! ^= 0xff;
    for (const spoil of [() => writeFileSync(victim!, bad), () => renameSync(victim!, `${victim}-away`)]) {
      spoil();
      await expect(restore('20261122T020000Z-full-1a2b3c', { kind: 'immediate' })).rejects.toMatchObject({
        type: 'backup-corrupt',
      });
      const said = await backups.check(bed.settings);
      if (tool === 'pgbackrest') expect(said?.en).toMatch(/status: invalid/);
      rmSync(`${victim}-away`, { force: true });
      writeFileSync(victim!, good);
    }
    expect(await backups.check(bed.settings)).toBeUndefined();
  }, 90_000);

  test('no password is in an argument, nor in what a refused login says', async () => {
    const refused = createPostgresBackups(() => 'canary-of-a-wrong-one');
    const folder = await servers.open(bed.settings);
    open.push(folder);
    const request: TakeRequest = { id: 'x', kind: 'full', stage: folder.files, primary: bed.settings.nodes[0]! };
    if (tool === 'pgbackrest') return;
    const error: unknown = await refused.take(bed.settings, request).catch((one: unknown) => one);
    expect(error).toMatchObject({ type: 'backup-tool-failed' });
    expect(JSON.stringify(error) + String(error)).not.toContain('canary');
  });

  test('over a promotion the log of both timelines leads on', async () => {
    await bed.primary.stop();
    bed.primary.set({ recovery_end_command: '', recovery_target_time: '', synchronous_standby_names: '' });
    writeFileSync(join(bed.primary.folder, 'standby.signal'), '');
    giveToOwner(join(bed.primary.folder, 'standby.signal'));
    await bed.primary.start();
    await bed.primary.sql('select pg_promote(true, 30)');
    await insert('second timeline');
    const id = '20261122T050000Z-incremental-3a2b3c';
    const taken = await take(id, 'incremental', '20261122T030000Z-incremental-1a2b3c');
    expect(taken.kind).toBe('incremental');
    expect(await namesIn(await restore(id, { kind: 'immediate' }))).toContain('second timeline');
    const old = await namesIn(await restore('20261122T020000Z-full-1a2b3c', { kind: 'immediate' }));
    expect(old).toEqual(['before full']);
    expect((await backups.remove(bed.settings, taken.label)) ?? 'gone').toBe('gone');
  });

  test('a hole in the archived log is no base: the next incremental holds everything', async () => {
    if (tool === 'pgbackrest') return;
    const primary = bed.settings.nodes[0]!;
    const lost = await backups.mark(bed.settings, primary, 'lost');
    const next = await backups.mark(bed.settings, primary, 'next');
    await expect.poll(() => existsSync(join(bed.archive, next.file)), { timeout: 20_000 }).toBe(true);
    rmSync(join(bed.archive, lost.file));
    const taken = await take('20261122T055000Z-incremental-5a2b3c', 'incremental', '20261122T030000Z-incremental-1a2b3c');
    expect(taken).toMatchObject({ kind: 'full', base: null });
    expect(await namesIn(await restore(taken.label, { kind: 'immediate' }))).toContain('second timeline');
  });

  test('what goes takes the log that nobody needs any more with it', async () => {
    if (tool === 'base-backup') return;
    const second = await take('20261122T060000Z-full-4a2b3c', 'full');
    const before = await archivedFiles();
    expect(before).toContain(full!.startFile);
    expect(await backups.remove(bed.settings, incremental!.label)).toBeUndefined();
    expect(await archivedFiles()).toContain(full!.startFile);
    expect(await backups.remove(bed.settings, full!.label)).toBeUndefined();
    const after = await archivedFiles();
    expect(after).not.toContain(full!.startFile);
    expect(after).toContain(second.startFile);
    expect(await backups.remove(bed.settings, full!.label)).toBeUndefined();
    expect((await backups.list(bed.settings))!.map(({ label }) => label)).toEqual([second.label]);
    expect((await backups.remove(bed.settings, second.label))?.en).toContain('pgBackRest does not let it go');
  });

  const archivedFiles = async (): Promise<readonly string[]> => {
    const folder = await servers.open(bed.settings);
    open.push(folder);
    return (await backups.archived(bed.settings, folder.files))!.files;
  };
});

test('production is as it was: same timeline, same port, its log still archived', async () => {
  const bed = await startBackedUp('base-backup');
  try {
    const servers = createScratchServers(bed.secret);
    const backups = createPostgresBackups(bed.secret);
    const folder = await servers.open(bed.settings);
    mkdirSync(join(folder.path, 'stage'));
    const { owner } = folder;
    const stage = folder.files;
    const taken = await backups.take(bed.settings, { id: 'x', kind: 'full', stage, primary: bed.settings.nodes[0]! });
    await backups.restore(bed.settings, {
      ...{ taken, from: stage, into: folder.data },
      goal: { kind: 'immediate' },
      then: 'promote',
    });
    const node = await servers.start(bed.settings, folder);
    expect(await servers.start(bed.settings, folder)).toEqual(node);
    await askServer(node, 'create table only_there (n int)');
    await servers.remove(folder);
    await servers.remove(folder);
    expect(owner.uid).toBeGreaterThan(0);
    const [{ timeline }] = (await bed.primary.sql(
      `select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int as timeline`,
    )) as [{ timeline: number }];
    expect(timeline).toBe(1);
    await bed.primary.sql('select pg_switch_wal()');
    await until(bed.primary, 'select failed_count = 0 and archived_count > 0 from pg_stat_archiver');
    expect(readdirSync(bed.archive).filter((name) => name.startsWith('00000002'))).toEqual([]);
  } finally {
    await bed.stop();
  }
});
