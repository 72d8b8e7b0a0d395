/** A database node dies at each step of a failover: it ends recovered, or waits with a sentence until the node is back; nothing more is lost than was said. */
import { expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { createMoments } from '../support/moments.ts';
import { outlive, playAll, type Death } from '../support/node-deaths.ts';
import { startCluster, until, type TestCluster } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import { killServer } from '../support/postgres/freeze.ts';
import { startPinnedWriters, type PinnedWriters } from '../support/postgres/pinned-writers.ts';
import type { TestServer } from '../support/postgres/server.ts';
import { isPrimary } from '../support/postgres/questions.ts';
import { startAgain } from '../support/postgres/start-again.ts';
import { startStoreStack, type DeclaredTarget, type StoreStack } from '../support/store-stack.ts';
import { openForFile } from '../support/open-for-file.ts';

interface Round extends Death<'primary' | 'successor' | 'other'> {
  /** Otherwise the primary is dead when the recovery begins. */
  readonly primaryLives?: boolean;
}

const rounds: readonly Round[] = [
  { at: 'applyPostgresFence', dies: 'primary', primaryLives: true },
  { at: 'applyPostgresFence', dies: 'successor' },
  { at: 'applyPostgresFence', dies: 'other' },
  { at: 'provePostgresFence', dies: 'successor' },
  { at: 'choosePostgresSuccessor', dies: 'successor' },
  { at: 'choosePostgresSuccessor', dies: 'other' },
  { at: 'promotePostgres', dies: 'successor' },
  { at: 'promotePostgres', dies: 'other' },
  { at: 'promote: before', dies: 'successor' },
  { at: 'promote: after', dies: 'successor' },
  { at: 'commitPostgres', dies: 'successor' },
  { at: 'rejoinPostgres primary', dies: 'successor' },
  { at: 'rewind: before', dies: 'successor' },
  { at: 'start: after', dies: 'primary' },
  { at: 'rejoinPostgres other', dies: 'successor' },
  { at: 'rejoinPostgres other', dies: 'other' },
  { at: 'verifyPostgresFailover', dies: 'successor' },
  { at: 'verifyPostgresFailover', dies: 'primary' },
  { at: 'verifyPostgresFailover', dies: 'other' },
];

let stack: StoreStack;
const moments = createMoments('Postgres', { postgres: ['promote'], nodeControl: ['start'], standbySetup: ['rewind'] });

openForFile(async (server) => (stack = await startStoreStack(server, moments.worker(server.address))));

interface Lane {
  readonly cluster: TestCluster;
  readonly db: DeclaredTarget;
  readonly writers: PinnedWriters;
  /** What is missing already, and what the timeline is. */
  readonly known: Set<string>;
  timeline: number;
}

async function primaryOf({ servers }: TestCluster): Promise<TestServer> {
  const is = await Promise.all(servers.map(isPrimary));
  expect(
    is.filter((one) => one === true),
    'one takes writes',
  ).toHaveLength(1);
  return servers[is.indexOf(true)]!;
}

/** The one that has received most, once nobody receives any more; of equals the first. */
async function furthest(standbys: readonly TestServer[]): Promise<TestServer> {
  const received: bigint[] = [];
  for (const node of standbys) {
    await until(node, 'select not exists (select from pg_stat_wal_receiver)');
    const [row] = await node.sql<{ bytes: string }>(
      `select (greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')::text as bytes`,
    );
    received.push(BigInt(row!.bytes));
  }
  return received[1]! > received[0]! ? standbys[1]! : standbys[0]!;
}

async function play(lane: Lane, round: Round): Promise<string> {
  const { cluster, db, writers, known } = lane;
  const { primaryLives = false } = round;
  const primary = await primaryOf(cluster);
  const standbys = cluster.servers.filter((one) => one !== primary);
  for (const { id } of standbys) {
    await until(
      primary,
      `select exists (select from pg_stat_replication where application_name = '${id}' and state = 'streaming'
        and pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) < 100000)`,
    );
  }
  if (!primaryLives) killServer(primary);
  const successor = primaryLives ? standbys[0]! : await furthest(standbys);
  const other = standbys.find((one) => one !== successor)!;
  const cast = { primary, successor, other };
  const victim = cast[round.dies];
  const { state, what, tell } = await outlive(stack, moments, round, {
    target: db.id,
    ports: cluster.nodes.map(({ port }) => port),
    roleOf: (node) => Object.entries(cast).find(([, { id }]) => id === node)![0],
    recover: () => db.recover({ scenario: 'postgres-failover', acknowledgeCoolDown: true }),
    kill: () => killServer(victim),
    startAgain: () => startAgain(victim),
  });

  const now = await primaryOf(cluster);
  expect(now, what).not.toBe(primary);
  for (const standby of cluster.servers.filter((one) => one !== now)) {
    await until(
      now,
      `select exists (select from pg_stat_replication where application_name = '${standby.id}' and state = 'streaming')`,
    );
    expect(await isPrimary(standby)).toBe(false);
  }
  const [row] = await now.sql<{ timeline: string }>('select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) as timeline');
  expect(Number.parseInt(row!.timeline, 16), `${what}: one promotion, one timeline`).toBe(++lane.timeline);

  // What was acknowledged before the fence may be lost as far as that was told; behind it nothing.
  const step = (name: string) => state.steps.find((one) => one.name === name)!;
  const fenced = writers.now() - (Date.now() - Date.parse(step('fence').endedAt!));
  const lost = await writers.missing(now, fenced);
  const fresh = (commits: readonly { id: string }[]): string[] => commits.map((one) => one.id).filter((one) => !known.has(one));
  const [before, after] = [fresh(lost.before), fresh(lost.after)];
  for (const one of [...before, ...after]) known.add(one);
  const stated = Number(step('choose the successor').evidence?.['commits']);
  expect(before.length, `${what}: more is lost than was told`).toBeLessThanOrEqual(stated);
  expect(after, what).toEqual([]);
  expect(writers.windowsWithTwo(100), what).toEqual([]);
  await eventually(() => writers.firstCommitAfter(now.id, writers.now() - 50)).toBeDefined();
  return tell(`, ${before.length} of ${stated} lost`);
}

test('a node that dies, whichever and whenever', { timeout: 900_000 }, async () => {
  await using tidy = new AsyncDisposableStack();
  const open = async (): Promise<Lane> => {
    const cluster = await startCluster({ standbys: 2 });
    tidy.defer(() => cluster.stop());
    const writers = await startPinnedWriters(cluster, { patienceMs: 300 });
    tidy.defer(() => writers.stop());
    return { cluster, writers, db: declareCluster(stack, cluster), known: new Set(), timeline: 1 };
  };
  const lanes = [await open(), await open()];
  await playAll(rounds, lanes, play);
});
