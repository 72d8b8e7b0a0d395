/** Failovers under write load, one after the other, with a writer pinned to each node: never two that take writes, nothing lost behind the fence. */
import { env } from 'node:process';
import { expect, onTestFinished, test } from 'vitest';
import { hasEnded, type RecoveryState } from '../../domain/recovery.ts';
import { startCluster, until, type TestCluster } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import { freezeServer } from '../support/postgres/freeze.ts';
import { startPinnedWriters } from '../support/postgres/pinned-writers.ts';
import type { TestServer } from '../support/postgres/server.ts';
import { startStoreStack } from '../support/store-stack.ts';
import { startTemporalServer } from '../support/temporal-server.ts';

/** Ten in CI; `npm run soak` asks for more. */
const failovers = Number(env['FAILOVERS'] ?? 10);
const eachMs = 30_000;

/** What becomes of the primary. Of one that dies or freezes the last commits may be lost, of others none. */
type Fate = 'killed' | 'frozen' | 'alive' | 'moved';

const limit = (rounds: number) => ({ timeout: rounds * eachMs + 30_000 });

test(`in ${failovers} failovers nobody writes beside the primary`, limit(failovers), async () => {
  await play(failovers, ['killed', 'frozen', 'alive', 'moved']);
});

test(`in ${failovers / 2} planned moves there and back nothing that was acknowledged is missing`, limit(failovers), async () => {
  await play(failovers, ['moved']);
});

async function play(rounds: number, fates: readonly Fate[]): Promise<void> {
  await using tidy = new AsyncDisposableStack();
  const server = await startTemporalServer();
  tidy.defer(() => server.stop());
  const stack = await startStoreStack(server);
  tidy.defer(() => stack.stop());
  const cluster = await startCluster();
  tidy.defer(() => cluster.stop());
  const writers = await startPinnedWriters(cluster);
  onTestFinished(() => writers.stop());
  const db = declareCluster(stack, cluster);

  const lost: string[] = [];
  const known = new Set<string>();
  const waits: number[] = [];
  for (let n = 0; n < rounds; n++) {
    const [from, to] = n % 2 === 0 ? cluster.servers : cluster.servers.toReversed();
    const fate = fates[n % fates.length]!;
    await streams(cluster, from!, to!);
    const wrote = writers.acknowledged(from!.id).length;
    await expect.poll(() => writers.acknowledged(from!.id).length).toBeGreaterThan(wrote);

    if (fate === 'killed') await from!.signal('SIGKILL');
    if (fate === 'frozen') freezeServer(from!);
    const at = writers.now();
    const input = fate === 'moved' ? { mode: 'switchover' } : {};
    const id = await db.recover({ scenario: 'postgres-failover', input, acknowledgeCoolDown: true });
    if (fate === 'alive') await stack.approve(id, 'fence');
    const now = await stack.until(id, ({ status, waitingFor }) => hasEnded(status) || waitingFor.length > 0);
    expect(
      now.waitingFor.map(({ title }) => title.en),
      `${fate}, ${n}`,
    ).toEqual([]);
    const state = await stack.result(id);
    expect(state.status).toBe('recovered');

    const fenced = writers.now() - (Date.now() - Date.parse(endOf(state, 'fence')));
    const { before, after } = await writers.missing(to!, fenced);
    const mayLose = fate === 'killed' || fate === 'frozen';
    const wrong = (mayLose ? after : [...before, ...after]).filter(({ id: row }) => !known.has(row));
    lost.push(...wrong.map((commit) => `${fate} ${n}: ${commit.id} of ${commit.node}`));
    for (const commit of [...before, ...after]) known.add(commit.id);
    waits.push(writers.firstCommitAfter(to!.id, at)!.acknowledged - at);
    const [row] = await to!.sql<{ timeline: string }>('select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline');
    expect(Number.parseInt(row!.timeline, 16), 'one promotion, one timeline').toBe(n + 2);
  }
  console.log(`start → first commit on the other node: ${waits.map((ms) => Math.round(ms)).join(', ')} ms`);
  expect(lost).toEqual([]);
  expect(writers.windowsWithTwo(100)).toEqual([]);
  expect(writers.handOvers()).toHaveLength(rounds);
}

const endOf = ({ steps }: RecoveryState, step: string): string => steps.find(({ name }) => name === step)!.endedAt!;

async function streams({ servers }: TestCluster, primary: TestServer, standby: TestServer): Promise<void> {
  expect(servers).toContain(standby);
  await until(
    primary,
    `select exists (select from pg_stat_replication where application_name = '${standby.id}' and state = 'streaming')`,
  );
}
