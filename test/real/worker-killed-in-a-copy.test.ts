/** A worker dies while a program fills a data directory: the program is ended before anybody copies anew, and all ends well. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { hasEnded } from '../../domain/recovery.ts';
import { eventually } from '../support/eventually.ts';
import { startCluster, type TestCluster } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import type { TestServer } from '../support/postgres/server.ts';
import { isAlive } from '../support/processes.ts';
import { startStoreStack, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';
import { workerProcess, type WorkerProcess } from '../support/worker-process.ts';

let worker: WorkerProcess;
let stack: StoreStack;
let cluster: TestCluster;

openForFile(async (server) => {
  worker = workerProcess(server.address);
  return (stack = await startStoreStack(server, worker.run));
});
afterEach(async () => {
  await worker.stop();
  await cluster?.stop();
});

/** Those that work on the data directory or on what is about to take its place. */
function programsOn(folder: string, name: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return basename(words[0]!) === name && words.some((word) => word.startsWith(folder));
      } catch {
        return false; // gone between two looks
      }
    });
}

/**
 * Kills the worker the moment the program is seen. The program is held where it is, so that it is certain to outlive its worker;
 * it goes on as soon as the worker is dead, or stays as it is: a program that hangs.
 */
async function killWorkerDuring(name: string, folder: string, { hangs }: { readonly hangs: boolean }): Promise<number[]> {
  const until = performance.now() + 30_000;
  let pids = programsOn(folder, name);
  for (; pids.length === 0; pids = programsOn(folder, name)) {
    if (performance.now() > until) throw new Error(`nobody ran ${name}`);
    await delay(1);
  }
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  await worker.kill();
  expect(pids.every(isAlive), 'it outlives its worker').toBe(true);
  if (!hangs) for (const pid of pids) process.kill(pid, 'SIGCONT');
  return pids;
}

const emptyLog = ({ folder }: TestServer): void => {
  for (const name of readdirSync(join(folder, 'pg_wal'))) if (/^[0-9A-F]{24}$/.test(name)) rmSync(join(folder, 'pg_wal', name));
};

test.each([
  ['pg_rewind', true],
  ['pg_basebackup', true],
  ['pg_basebackup', false],
] as const)('in the middle of %s, which hangs: %s', { timeout: 90_000 }, async (program, hangs) => {
  cluster = await startCluster();
  const [a, b] = cluster.servers as [TestServer, TestServer];
  // Enough that a program does not get through it between two looks.
  await a.sql('create table t as select n, repeat(md5(n::text), 20) as text from generate_series(1, 60000) n');
  await cluster.caughtUp();
  const db = declareCluster(stack, cluster, { more: 'approvals: { loss: { need: 1, within: 5m } }' });
  worker.start();
  await a.kill();
  // What cannot be read cannot be rewound either: it is copied anew at once.
  if (program === 'pg_basebackup') emptyLog(a);
  const id = await db.recover({ scenario: 'postgres-failover' });
  if (program === 'pg_basebackup') await stack.approve(id, 'loss');
  const left = await killWorkerDuring(program, a.folder, { hangs });

  const now = await stack.until(id, ({ status, waitingFor }) => hasEnded(status) || waitingFor.length > 0);
  expect(now.waitingFor.map(({ title }) => title.en)).toEqual([]);
  const state = await stack.result(id);
  expect(state.status).toBe('recovered');
  expect(left.filter(isAlive)).toEqual([]);
  const { how, keptFiles } = state.steps.find(({ name }) => name === 'rejoin a')!.evidence as Record<string, string>;
  expect(how).toBe('rebuilt');
  expect(existsSync(join(keptFiles!, 'PG_VERSION'))).toBe(true);
  expect(readdirSync(cluster.folder).filter((name) => name.startsWith('a.'))).toEqual([basename(keptFiles!)]);

  const [timeline] = await b.sql(`select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as id`);
  expect(timeline).toEqual({ id: '00000002' });
  await b.sql(`insert into t values (0, '')`);
  await eventually(async () => (await a.sql('select pg_is_in_recovery() as standby, count(*)::int as rows from t'))[0]).toEqual({
    standby: true,
    rows: 60_001,
  });
  expect(await b.sql('select slot_name from pg_replication_slots where not active')).toEqual([]);
});
