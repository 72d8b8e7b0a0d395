/** postgres-pitr on real clusters, through a real worker and Temporal: exactly the moment, nothing lost unasked, and the way back. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { backupsInUse } from '../../activities/backup-keeping/in-use.ts';
import { createPorts } from '../../adapters/ports.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import { startBackedUp, tools, type BackedUp, type Tool } from '../support/postgres/backed-up.ts';
import { until, type TestCluster } from '../support/postgres/cluster.ts';
import { declareBackedUp } from '../support/postgres/declare.ts';
import { isPrimary } from '../support/postgres/questions.ts';
import { giveToOwner, type TestServer } from '../support/postgres/server.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { evidenceOf, outcomesByStep, sentenceOf } from '../support/recovery-driver.ts';

let stack: StoreStack;
let bed: BackedUp | undefined;

openForFile(async (server) => (stack = await startStoreStack(server)));
afterEach(async () => {
  await bed?.stop();
  bed = undefined;
});

const scenario = 'postgres-pitr';
const slow = { timeout: 180_000 };
const rows = async (node: TestServer): Promise<number[]> =>
  (await node.sql<{ n: number }>('select n from t order by n')).map(({ n }) => n);
const timelineOf = async (node: TestServer): Promise<string> =>
  (await node.sql<{ id: string }>(`select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as id`))[0]!.id;
const approved = async (id: string): Promise<RecoveryState> => {
  await stack.approve(id, 'cut-over');
  return stack.unattended(id);
};
/** The server's own clock, in microseconds. */
const now = async (node: TestServer): Promise<string> =>
  (
    await node.sql<{ at: string }>(`select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`)
  )[0]!.at;

/** Rows 1 to 3 before the moment, of which 2 is changed and 3 removed after it, when 4 comes. */
async function spoiled(tool: Tool, { standbys = 0, more = '', ownSpace = false } = {}) {
  const made = await startBackedUp(tool, { standbys });
  bed = made;
  const db = declareBackedUp(stack, made, { more });
  const [a, b] = made.servers as [TestServer, TestServer];
  const space = join(made.folder, 'roomy');
  if (ownSpace) {
    mkdirSync(space);
    giveToOwner(space);
    await a.sql(`create tablespace roomy location '${space}'`);
  }
  await a.sql(`create table t (n int primary key, word text)${ownSpace ? ' tablespace roomy' : ''}`);
  await a.sql(`insert into t values (1, 'one'), (2, 'two')`);
  await db.takeBackup();
  // pgBackRest knows the end of a backup to the second.
  await a.sql(`select pg_sleep_until(date_trunc('second', clock_timestamp()) + interval '1 second')`);
  await a.sql(`insert into t values (3, 'three')`);
  const moment = await now(a);
  await a.sql('select pg_sleep(0.01)');
  await a.sql(`insert into t values (4, 'four')`);
  await a.sql('delete from t where n = 3');
  await a.sql(`update t set word = 'zwei' where n = 2`);
  await made.caughtUp();
  return { a, b, db, moment, made, space };
}

describe.each(tools)('with %s', (tool) => {
  test('goes back to an instant, shows first what that costs, and keeps the database of before', slow, async () => {
    const { a, db, moment, made } = await spoiled(tool);
    const id = await db.recover({ scenario, input: { at: moment } });
    const gate = await stack.gate(id, 'cut-over');
    expect(gate.plan?.changes).toContainEqual({
      action: 'overwrite',
      path: 'public.t',
      before: '1 rows only now',
      after: '1 rows only then, 1 changed',
    });
    expect(await rows(a)).toEqual([1, 2, 4]);
    await stack.decide(id, gate, 'ren', 'approve');
    const state = await stack.unattended(id);
    if (tool === 'pgbackrest') await stack.record(id, 'postgres-pitr');
    expect(state.status).toBe('recovered');
    expect(outcomesByStep(state)).toEqual({
      'hold target': 'done',
      'find the moment': 'done',
      'restore beside': 'done',
      compare: 'done',
      'stop the cluster': 'done',
      'prove the stop': 'done',
      'cut over': 'done',
      'remove the copy': 'done',
      'first commit': 'done',
      verify: 'done',
      'back up': 'done',
    });
    expect(await rows(a)).toEqual([1, 2, 3]);
    expect(await timelineOf(a)).toBe('00000002');
    expect(readdirSync(made.scratch)).toEqual([]);
    expect(existsSync(String(evidenceOf(state, 'cut over')?.['kept']))).toBe(true);
    // Of its goal nothing is left that would stop it, should it be a standby one day.
    const [left] = await a.sql<{ left: number }>(
      `select count(*)::int as left from pg_file_settings where name like 'recovery_target%'`,
    );
    expect(left?.left).toBe(0);
  });

  test('goes back again, though the log that was left behind goes further than the new one', slow, async () => {
    const { a, db, moment } = await spoiled(tool);
    for (const n of [10, 11, 12]) {
      await a.sql(`insert into t values (${n}, 'left behind')`);
      await a.sql('select pg_switch_wal()');
    }
    const goBack = async (at: string): Promise<void> => {
      const id = await db.recover({ scenario, input: { at }, acknowledgeCoolDown: true });
      await stack.approve(id, 'cut-over');
      expect((await stack.unattended(id)).status).toBe('recovered');
    };
    await goBack(moment);
    await a.sql(`insert into t values (5, 'five')`);
    const again = await now(a);
    await a.sql('select pg_sleep(0.01)');
    await a.sql(`insert into t values (6, 'six')`);
    await goBack(again);
    expect(await rows(a)).toEqual([1, 2, 3, 5]);
  });
});

test('the database of before is put back, with what came since kept in its turn', slow, async () => {
  const { a, db, moment } = await spoiled('base-backup');
  const first = await db.recover({ scenario, input: { at: moment } });
  const { id: previous } = await approved(first);
  await a.sql(`insert into t values (5, 'five')`);
  const second = await db.recover({ scenario, input: { previous } });
  const state = await approved(second);
  await stack.record(second, 'postgres-pitr.previous');
  expect(state.status).toBe('recovered');
  expect([await rows(a), await timelineOf(a)]).toEqual([[1, 2, 4], '00000003']);
  // A restore of its new backup follows its own timelines, not the one that was left.
  const third = await db.recover({ scenario, input: { at: moment } });
  expect((await approved(third)).status).toBe('recovered');
  expect([await rows(a), await timelineOf(a)]).toEqual([[1, 2, 3], '00000004']);
});

test('taken back behind the cut-over, the database of before writes again, with its standby behind it', slow, async () => {
  const { a, b, db, moment, made } = await spoiled('base-backup', {
    standbys: 1,
    more: 'endpoints: [{ id: file, kind: file, path: /nowhere/at/all, text: "{host}:{port}" }]',
  });
  const id = await db.recover({ scenario, input: { at: moment } });
  await stack.approve(id, 'cut-over');
  const refused = await stack.gate(id, 'failed:repoint');
  expect(await rows(a)).toEqual([1, 2, 3]);
  await stack.decide(id, refused, 'hana', 'roll-back');
  const state = await stack.result(id);
  await stack.record(id, 'postgres-pitr.rolled-back');
  expect(state.status).toBe('rolled-back');
  expect(outcomesByStep(state)).toMatchObject({ 'restore beside': 'undone', 'stop the cluster': 'undone', 'cut over': 'undone' });
  // On a timeline of its own: the archive knows another one that left its own.
  expect([await rows(a), await timelineOf(a)]).toEqual([[1, 2, 4], '00000003']);
  await a.sql(`insert into t values (5, 'five')`);
  await until(b, 'select exists (select from t where n = 5)');
  expect(readdirSync(made.scratch)).toEqual([]);
  expect((await db.takeBackup()).status).toBe('complete');
});

test('a tablespace comes along, out of a cut-over and into it, with pgbackrest', slow, async () => {
  const more = 'endpoints: [{ id: file, kind: file, path: /nowhere/at/all, text: "{host}:{port}" }]';
  const { a, db, moment, space } = await spoiled('pgbackrest', { more, ownSpace: true });
  const decided = async (decision: 'roll-back' | 'skip') => {
    const id = await db.recover({ scenario, input: { at: moment } });
    await stack.approve(id, 'cut-over');
    await stack.decide(id, await stack.gate(id, 'failed:repoint'), 'hana', decision);
    const { status } = await stack.result(id);
    const [found] = await a.sql<{ at: string }>(
      `select pg_tablespace_location(oid) as at from pg_tablespace where spcname = 'roomy'`,
    );
    return { status, rows: await rows(a), at: found!.at };
  };
  expect(await decided('roll-back')).toEqual({ status: 'rolled-back', rows: [1, 2, 4], at: space });
  const gone = await decided('skip');
  expect(gone).toMatchObject({ status: 'recovered', rows: [1, 2, 3] });
  // Its own place, beside the directory that took over; what was there before is untouched.
  expect(gone.at).toMatch(new RegExp(`^${a.folder}\\.okiagari-tablespaces-`));
  expect(readdirSync(space)).toHaveLength(1);
});

test('while people think, the backup that it stands on is not pruned', slow, async () => {
  const { db, moment } = await spoiled('base-backup');
  const id = await db.recover({ scenario, input: { at: moment } });
  const gate = await stack.gate(id, 'cut-over');
  const ports = createPorts({ inventory: () => bed!.inventory, data: stack.data, secret: bed!.secret });
  const used = await backupsInUse(ports, db.id);
  const { id: recovery } = await stack.state(id);
  expect([...used]).toEqual([[String(evidenceOf(await stack.state(id), 'find the moment')?.['backup']), recovery]]);
  await stack.decide(id, gate, 'ren', 'reject');
  await stack.result(id);
  expect([...(await backupsInUse(ports, db.id))]).toEqual([]);
});

test('a moment that cannot be reached is refused before anything is done, and amended', slow, async () => {
  const { a, db, moment } = await spoiled('base-backup');
  const id = await db.recover({ scenario, input: { at: '2024-01-20 14:30:00 JST' } });
  const refused = await stack.gate(id, 'failed:find the moment');
  expect(refused.error?.code).toBe('outside-window');
  expect(refused.error?.sentence.en).toMatch(
    /^2024-01-20T05:30:00.000000Z is before the oldest backup ended\. The window goes from 20\d\d-/,
  );
  await stack.decide(id, refused, 'hana', 'amend', { input: { at: '2024-01-20 14:30' } });
  const unclear = await stack.until(id, ({ waitingFor }) => waitingFor[0]?.error?.code === 'goal-refused');
  expect(unclear.waitingFor[0]?.error?.sentence.en).toContain('names no time zone');
  await stack.decide(id, unclear.waitingFor[0]!, 'hana', 'amend', { input: { at: moment } });
  await stack.decide(id, await stack.gate(id, 'cut-over'), 'ren', 'reject');
  const state = await stack.result(id);
  await stack.record(id, 'postgres-pitr.rejected');
  expect(state.status).toBe('stopped');
  expect(outcomesByStep(state)['restore beside']).toBe('undone');
  expect([await rows(a), await isPrimary(a), await timelineOf(a)]).toEqual([[1, 2, 4], true, '00000001']);
  expect(readdirSync(bed!.scratch)).toEqual([]);
});

test('a primary that nobody here can stop is not replaced behind its back', slow, async () => {
  const { a, b, made } = await spoiled('base-backup', { standbys: 1 });
  const [{ control: _, ...first }, second] = made.nodes as [TestCluster['nodes'][number], TestCluster['nodes'][number]];
  const db = declareBackedUp(stack, made, { nodes: [first, second] });
  await db.takeBackup();
  const id = await db.recover({ scenario, input: { at: await now(a) } });
  await stack.approve(id, 'cut-over');
  const refused = await stack.gate(id, 'failed:prove the stop');
  expect(refused.error?.sentence.en).toContain('The fence of a is not proven: it takes writes.');
  await stack.decide(id, refused, 'hana', 'roll-back');
  expect((await stack.result(id)).status).toBe('rolled-back');
  await stack.record(id, 'postgres-pitr.not-proven');
  expect([await isPrimary(a), await rows(a)]).toEqual([true, [1, 2, 4]]);
  await until(b, 'select pg_is_in_recovery() and exists (select from pg_stat_wal_receiver)');
});

test('a cluster whose primary is gone goes back as well, with nothing to compare', slow, async () => {
  const { a, db, moment } = await spoiled('base-backup');
  await a.sql('select pg_switch_wal()');
  await until(
    a,
    `select last_archived_wal is not null and not exists (
    select from pg_ls_archive_statusdir() where name like '%.ready') from pg_stat_archiver`,
  );
  await a.kill();
  const id = await db.recover({ scenario, input: { at: moment } });
  const gate = await stack.gate(id, 'cut-over');
  expect(gate.plan?.summary.en).toContain('What differs is not known.');
  await stack.decide(id, gate, 'ren', 'approve');
  expect((await stack.unattended(id)).status).toBe('recovered');
  expect(await rows(a)).toEqual([1, 2, 3]);
});

test('everybody follows the restored database', slow, async () => {
  const { a, b, db, moment } = await spoiled('base-backup', { standbys: 1 });
  const id = await db.recover({ scenario, input: { at: moment } });
  const state = await approved(id);
  await stack.record(id, 'postgres-pitr.standby');
  expect(state.status).toBe('recovered');
  expect(sentenceOf(state, 'rejoin b')).toMatch(/^b is a standby of a and receives its log \(was copied anew\)/);
  // The clock stopped when users were served.
  const rejoin = state.steps.find(({ name }) => name === 'rejoin b')!;
  expect(Date.parse(state.startedAt) + state.timing.totalMs).toBeLessThanOrEqual(Date.parse(rejoin.startedAt));
  await a.sql(`insert into t values (6, 'six')`);
  await until(b, 'select exists (select from t where n = 6)');
  expect([await rows(b), await isPrimary(b)]).toEqual([[1, 2, 3, 6], false]);
});
