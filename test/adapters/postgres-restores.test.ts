/** Both backup tools keep one promise: what was there at a moment comes back, in a server beside production, or the reason why not. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createPostgresBackups } from '../../adapters/postgres/postgres-backups.ts';
import { createScratchServers } from '../../adapters/postgres/scratch-servers.ts';
import type { AfterRecovery, RecoveryGoal } from '../../domain/postgres/recovery-goal.ts';
import { startBackedUp, tools } from '../support/postgres/backed-up.ts';
import { until } from '../support/postgres/cluster.ts';
import { askServer, giveToOwner } from '../support/postgres/server.ts';
import { fullId, incrementalId, startTwoBackups, type TwoBackups } from '../support/postgres/two-backups.ts';

describe.each(tools)('%s', (tool) => {
  let two: TwoBackups;
  beforeAll(async () => {
    two = await startTwoBackups(tool);
  }, 60_000);
  afterEach(() => two.tidy());
  afterAll(() => two?.bed.stop());

  test('a full backup comes back as it was when it ended', async () => {
    const node = await two.restore(fullId, { kind: 'immediate' });
    expect(await two.namesIn(node)).toEqual(['before full']);
  });

  test('an incremental brings what came since', async () => {
    const node = await two.restore(incrementalId, { kind: 'immediate' });
    expect(await two.namesIn(node)).toEqual(['before full', 'before incremental']);
  });

  test('a tablespace comes back below the scratch folder, not as a link into production', async () => {
    const node = await two.restore(incrementalId, { kind: 'immediate' }, 'promote');
    const [found] = await askServer<{ at: string; rows: number }>(
      node,
      `select pg_tablespace_location(oid) as at, (select count(*)::int from aside) as rows from pg_tablespace where spcname = 'roomy'`,
    );
    expect(found).toMatchObject({ at: expect.stringContaining(two.bed.scratch) as string, rows: 7 });
    await askServer(node, 'insert into aside values (8)');
    expect(await two.bed.primary.sql('select count(*)::int as rows from aside')).toEqual([{ rows: 7 }]);
  });

  test('every kind of goal is reached, and not passed', async () => {
    const first = await two.insert('goal 1');
    await two.bed.primary.sql(`select pg_create_restore_point('here')`);
    await two.insert('goal 2');
    const mark = await two.backups.mark(two.bed.settings, two.bed.settings.nodes[0]!, 'end');
    await expect.poll(async () => (await two.archived()).newest, { timeout: 20_000 }).toBe(mark.file);
    const goals: [RecoveryGoal, AfterRecovery][] = [
      [{ kind: 'time', at: first.at }, 'pause'],
      [{ kind: 'xid', xid: first.xid }, 'pause'],
      [{ kind: 'lsn', lsn: first.lsn }, 'pause'],
      [{ kind: 'name', name: 'here' }, 'promote'],
    ];
    for (const [goal, then] of goals) {
      const node = await two.restore(fullId, goal, then);
      expect([goal.kind, (await two.namesIn(node)).at(-1)]).toEqual([goal.kind, 'goal 1']);
      const [state] = await askServer<{ recovering: boolean }>(node, 'select pg_is_in_recovery() as recovering');
      expect(state!.recovering).toBe(then === 'pause');
    }
    const latest = await two.restore(incrementalId, { kind: 'latest' });
    expect(await two.namesIn(latest)).toContain('goal 2');
  });

  test('nothing that the settings of the cluster order is carried out on the side', () => {
    expect(readdirSync(two.bed.folder).filter((name) => name === 'ended' || name === 'cleaned')).toEqual([]);
  });

  test('a goal behind the end of the log is answered with the words of the server, and leaves nothing running', async () => {
    const late = new Date(Date.now() + 3_600_000).toISOString();
    await expect(two.restore(fullId, { kind: 'time', at: late })).rejects.toMatchObject({
      type: 'scratch-server-failed',
      message: expect.stringContaining('recovery ended before configured recovery target was reached') as string,
    });
    await two.tidy();
    expect(readdirSync(two.bed.scratch)).toEqual([]);
  });

  test('one byte wrong, or one file gone, and it is refused', async () => {
    const files = two.filesOf(fullId);
    const [victim] =
      tool === 'base-backup'
        ? [join(files, 'base.tar.gz')]
        : readdirSync(two.bed.ownRepository, { recursive: true, encoding: 'utf8' })
            .filter((path) => path.includes(`${two.full.label}/pg_data/base`) && path.endsWith('.zst'))
            .map((path) => join(two.bed.ownRepository, path))
            .toSorted((a, b) => statSync(b).size - statSync(a).size);
    const good = readFileSync(victim!);
    const bad = Buffer.from(good);
    bad[Math.floor(bad.length / 2)]! ^= 0xff;
    for (const spoil of [() => writeFileSync(victim!, bad), () => renameSync(victim!, `${victim}-away`)]) {
      spoil();
      await expect(two.restore(fullId, { kind: 'immediate' })).rejects.toMatchObject({
        type: 'backup-corrupt',
      });
      const said = await two.backups.check(two.bed.settings);
      if (tool === 'pgbackrest') expect(said?.en).toMatch(/status: invalid/);
      rmSync(`${victim}-away`, { force: true });
      writeFileSync(victim!, good);
    }
    expect(await two.backups.check(two.bed.settings)).toBeUndefined();
  }, 90_000);

  test('over a promotion the log of both timelines leads on', async () => {
    await two.bed.primary.stop();
    two.bed.primary.set({ recovery_end_command: '', recovery_target_time: '', synchronous_standby_names: '' });
    writeFileSync(join(two.bed.primary.folder, 'standby.signal'), '');
    giveToOwner(join(two.bed.primary.folder, 'standby.signal'));
    await two.bed.primary.start();
    await two.bed.primary.sql('select pg_promote(true, 30)');
    await two.insert('second timeline');
    const id = '20261122T050000Z-incremental-3a2b3c';
    const taken = await two.take(id, 'incremental', incrementalId);
    expect(taken.kind).toBe('incremental');
    expect(await two.namesIn(await two.restore(id, { kind: 'immediate' }))).toContain('second timeline');
    const old = await two.namesIn(await two.restore(fullId, { kind: 'immediate' }));
    expect(old).toEqual(['before full']);
    expect((await two.backups.remove(two.bed.settings, taken.label)) ?? 'gone').toBe('gone');
  });
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
