/** What goes wrong in the middle of a failover: a promotion that hangs, a full disk, a lost slot, a primary that only we cannot reach. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { symptomsOf } from '../support/postgres/diagnosis-of.ts';
import { hasEnded, type RecoveryState, type Waiting } from '../../domain/recovery.ts';
import { eventually } from '../support/eventually.ts';
import { fillUp } from '../support/mounts.ts';
import { setApart } from '../support/postgres/apart.ts';
import { startCluster, until } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import { freezeServer, thawServer } from '../support/postgres/freeze.ts';
import { startPinnedWriters } from '../support/postgres/pinned-writers.ts';
import { isPrimary } from '../support/postgres/questions.ts';
import { giveToOwner, type TestServer } from '../support/postgres/server.ts';
import { startStoreStack, workerHere, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { sentenceOf, evidenceOf } from '../support/recovery-driver.ts';

let stack: StoreStack;
/** By the port of the node: what happens at the moment in which it is asked to promote. */
const atPromotion = new Map<number, () => void>();

openForFile(async (server) => {
  const worker = workerHere(server.address, (ports) => ({
    ...ports,
    postgres: {
      ...ports.postgres,
      promote(node, ...rest) {
        atPromotion.get(node.port)?.();
        atPromotion.delete(node.port);
        return ports.postgres.promote(node, ...rest);
      },
    },
  }));
  return (stack = await startStoreStack(server, worker));
});

const scenario = 'postgres-failover';
const timelineOf = async (node: TestServer): Promise<string> =>
  (await node.sql<{ id: string }>('select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as id'))[0]!.id;

async function filled(options: Parameters<typeof startCluster>[0] = {}) {
  const cluster = await startCluster(options);
  onTestFinished(() => cluster.stop());
  const [a, b, c] = cluster.servers as [TestServer, TestServer, TestServer];
  await a.sql('create table t (n int)');
  await a.sql('insert into t select generate_series(1, 1000)');
  await cluster.caughtUp();
  return { cluster, a, b, c };
}

/** Also where it takes longer than people like to wait: a promotion has half a minute. */
async function waitsAt(id: string, gate: string): Promise<Waiting> {
  const find = async () => (await stack.state(id)).waitingFor.find((one) => one.gate === gate);
  await expect.poll(find, { timeout: 50_000, interval: 50 }).toBeDefined();
  return (await find())!;
}
const retry = (id: string, gate: Waiting) => stack.decide(id, gate, 'hana', 'retry');

async function endsUnattended(id: string): Promise<RecoveryState> {
  const at = (now: RecoveryState) => hasEnded(now.status) || now.waitingFor.length > 0;
  await expect.poll(async () => at(await stack.state(id)), { timeout: 60_000, interval: 50 }).toBe(true);
  expect((await stack.state(id)).waitingFor.map(({ gate, title }) => `${gate}: ${title.en}`)).toEqual([]);
  return stack.result(id);
}

/** A step that waits for a person is tried again, that one and no other. */
async function endsRetrying(id: string, step: string): Promise<RecoveryState> {
  for (;;) {
    const { status, waitingFor } = await stack.until(id, (now) => hasEnded(now.status) || now.waitingFor.length > 0);
    if (hasEnded(status)) return stack.result(id);
    expect(waitingFor.map(({ gate }) => gate)).toEqual([`failed:${step}`]);
    await retry(id, waitingFor[0]!);
  }
}

/** The process that replays the log: a server whose replay hangs answers as before. */
function replayOf({ folder }: TestServer): number {
  const postmaster = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]!;
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  return Number(children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('startup')));
}

describe('a promotion that hangs fails in bounded time, and goes on where it was once its server is awake', () => {
  test.each<[string, (b: TestServer) => void, (b: TestServer) => void, RegExp]>([
    [
      'since its replay hangs',
      (b) => process.kill(replayOf(b), 'SIGSTOP'),
      (b) => process.kill(replayOf(b), 'SIGCONT'),
      /within 30 s/,
    ],
    ['since it is frozen as a whole', freezeServer, thawServer, /no answer within 32 s/],
  ])('%s', { timeout: 120_000 }, async (_, hang, wake, said) => {
    const { cluster, a, b } = await filled();
    const writers = await startPinnedWriters(cluster, { patienceMs: 300 });
    onTestFinished(() => writers.stop());
    await eventually(() => writers.acknowledged('a').length).toBeGreaterThan(50);
    const db = declareCluster(stack, cluster);
    atPromotion.set(b.port, () => hang(b));
    await a.kill();
    const id = await db.recover({ scenario });
    const hung = await waitsAt(id, 'failed:promote');
    expect(hung.error).toMatchObject({ code: 'promotion-failed' });
    expect(hung.error?.sentence.en).toMatch(said);
    expect(hung.choices).toEqual(['retry']);
    await retry(id, hung);
    const still = await waitsAt(id, 'failed:promote');
    expect(still.error?.sentence.en).toBe('b does not answer as it should.');
    wake(b);
    await retry(id, still);
    const state = await endsUnattended(id);
    expect(state.status).toBe('recovered');
    expect([await isPrimary(a), await isPrimary(b), await timelineOf(b)]).toEqual([false, true, '00000002']);
    await writers.stop();
    expect(writers.windowsWithTwo()).toEqual([]);
    expect(writers.handOvers()).toHaveLength(1);
  });
});

/** Its log on a file system of its own, so small that it is soon full. */
async function onItsOwnDisk(node: TestServer, size: string): Promise<string> {
  await node.stop();
  const disk = `${node.folder}-log`;
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', disk]);
  onTestFinished(async () => {
    await node.kill();
    execFileSync('umount', [disk]);
  });
  const log = join(node.folder, 'pg_wal');
  execFileSync('cp', ['-a', `${log}/.`, disk]);
  giveToOwner(disk);
  rmSync(log, { recursive: true });
  symlinkSync(disk, log);
  await node.start();
  return disk;
}

describe('a standby whose disk is full', () => {
  test('is passed over, and found before', { timeout: 90_000 }, async () => {
    const { cluster, a, b, c } = await filled({ standbys: 2 });
    const disk = await onItsOwnDisk(b, '80m');
    await cluster.caughtUp();
    fillUp(join(disk, 'full'));
    expect(await symptomsOf(cluster)).toEqual(['disk-full', 'may-not-take-over']);
    await a.kill();
    const id = await declareCluster(stack, cluster).recover({ scenario });
    await eventually(async () => sentenceOf(await stack.state(id), 'promote')).toBe('c takes writes on timeline 2.');
    // It may be its turn to be brought back already.
    rmSync(join(disk, 'full'));
    const state = await endsRetrying(id, 'rejoin b');
    expect(state.status).toBe('recovered');
    expect(await isPrimary(c)).toBe(true);
  });

  test('is not promoted where it is the only one, until it has room', { timeout: 90_000 }, async () => {
    const { cluster, a, b } = await filled();
    const disk = await onItsOwnDisk(b, '80m');
    await cluster.caughtUp();
    fillUp(join(disk, 'full'));
    await a.kill();
    const id = await declareCluster(stack, cluster).recover({ scenario });
    const refused = await waitsAt(id, 'failed:fence');
    expect(refused.error).toMatchObject({ code: 'nobody-to-promote' });
    expect(refused.error?.sentence.en).toBe(
      'No standby can take over. a does not answer. b has only 0 bytes of room on its disk.',
    );
    expect(await isPrimary(b)).toBe(false);
    rmSync(join(disk, 'full'));
    await retry(id, refused);
    const state = await endsUnattended(id);
    expect(state.status).toBe('recovered');
    expect(await isPrimary(b)).toBe(true);
  });
});

test(
  'a standby that lost its slot is found, and copied anew where nobody has its log any more',
  { timeout: 120_000 },
  async () => {
    const { cluster, a, b, c } = await filled({ standbys: 2 });
    for (const node of [a, b]) {
      node.set({ max_slot_wal_keep_size: '20MB', wal_keep_size: '0', max_wal_size: '32MB' });
      await node.sql('select pg_reload_conf()');
    }
    await c.stop();
    for (let n = 0; n < 4; n++) {
      await a.sql('insert into t select generate_series(1, 1000)');
      await a.sql('select pg_switch_wal()');
      await a.sql('checkpoint');
    }
    await until(a, `select wal_status = 'lost' from pg_replication_slots where slot_name = 'slot_c'`);
    await eventually(() => symptomsOf(cluster)).toEqual(['node-unreachable', 'slot-lost', 'process-gone']);
    await c.start();
    await eventually(() => symptomsOf(cluster)).toEqual(['slot-lost', 'standby-not-streaming', 'standby-cut-off', 'standby-lag']);
    await b.sql('checkpoint');
    await a.kill();
    const id = await declareCluster(stack, cluster).recover({ scenario });
    const state = await endsUnattended(id);
    expect(state.status).toBe('recovered');
    expect(evidenceOf(state, 'rejoin c')).toMatchObject({ how: 'rebuilt' });
    await b.sql('insert into t values (0)');
    for (const node of [a, c]) {
      await eventually(() => node.sql('select count(*)::int as n from t').then(([row]) => row?.['n'])).toBe(5_001);
    }
    expect(await b.sql('select slot_name from pg_replication_slots where not active')).toEqual([]);
  },
);

describe('a primary that lives, and that a cut cable keeps from us', () => {
  async function apart() {
    const { cluster: here, a, b } = await filled();
    const cluster = await setApart(here);
    onTestFinished(() => cluster.stop());
    return { cluster, a, b, toA: cluster.toPrimary };
  }

  test('is not proven gone: nobody is promoted, unless two approvers say so', { timeout: 90_000 }, async () => {
    const { cluster, a, b, toA } = await apart();
    expect(await symptomsOf(cluster)).toEqual([]);
    toA.cut();
    const id = await declareCluster(stack, cluster).recover({ scenario });
    const refused = await waitsAt(id, 'failed:prove the fence');
    expect(refused).toMatchObject({ need: 2, breakGlass: true, error: { code: 'safety-refused' } });
    expect(refused.error?.sentence.en).toContain(
      'The fence of a is not proven: it does not answer, and nobody can say whether it is gone.',
    );
    // It lives, and its standby still follows it.
    await a.sql('insert into t values (0)');
    await until(b, 'select count(*) = 1001 from t');
    await stack.decide(id, refused, 'ren', 'skip');
    expect((await stack.state(id)).waitingFor.map(({ gate }) => gate)).toEqual(['failed:prove the fence']);
    expect(await isPrimary(b)).toBe(false);
    await stack.decide(id, refused, 'mio', 'skip');
    await stack.approve(id, 'loss');
    const away = await waitsAt(id, 'failed:rejoin a');
    expect([await isPrimary(a), await isPrimary(b)]).toEqual([true, true]);
    toA.mend();
    await retry(id, away);
    const two = await waitsAt(id, 'failed:rejoin a');
    expect(two.error).toMatchObject({ code: 'two-primaries', sentence: { en: 'a takes writes beside b.' } });
    await stack.decide(id, two, 'hana', 'skip');
    const state = await stack.result(id);
    expect(state.status).toBe('recovered');
    expect(readdirSync(join(stack.data, 'records', 'reviews'))).toHaveLength(1);
  });

  test('is left alone where the cable is mended before anybody decided', { timeout: 60_000 }, async () => {
    const { cluster, a, b, toA } = await apart();
    toA.cut();
    const id = await declareCluster(stack, cluster).recover({ scenario });
    const refused = await waitsAt(id, 'failed:prove the fence');
    toA.mend();
    await stack.decide(id, refused, 'hana', 'roll-back');
    const state = await stack.result(id);
    expect(state.status).toBe('rolled-back');
    expect([await isPrimary(a), await isPrimary(b)]).toEqual([true, false]);
    await a.sql('insert into t values (0)');
    await until(b, 'select count(*) = 1001 from t');
  });
});
