/** What a recovery says of an outage, beside a client who wrote through all of it: how long nothing was taken, and what is missing. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import type { RecoveryState } from '../../domain/recovery.ts';
import { eventually } from '../support/eventually.ts';
import { startCluster } from '../support/postgres/cluster.ts';
import { declareCluster } from '../support/postgres/declare.ts';
import { startPinnedWriters } from '../support/postgres/pinned-writers.ts';
import type { TestServer } from '../support/postgres/server.ts';
import type { TestRedis } from '../support/redis/server.ts';
import { startRedisStack } from '../support/redis/stack.ts';
import { startWriter } from '../support/redis/writer.ts';
import { startStoreStack, workerHere, type RunWorker } from '../support/store-stack.ts';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.ts';

/** Clock and client have to agree within a second. */
const agreeMs = 1_000;
/** Nodes are brought back so long after users are served again, as that of a large database is: nobody's outage. */
const mendingMs = 3_000;

let isMended: () => boolean;
let server: TemporalServer;
beforeEach(async () => {
  server = await startTemporalServer();
  return () => server.stop();
});

type Activity = (...input: unknown[]) => Promise<unknown>;

function slowToMend(): RunWorker {
  const late =
    (work: Activity): Activity =>
    async (...input) => {
      while (!isMended()) await delay(50);
      return work(...input);
    };
  const unchanged = <T>(ports: T): T => ports;
  return workerHere(server.address, unchanged, (activities) => {
    const { rejoinPostgres, bringBackRedis, ...others } = activities as Record<string, Activity>;
    return { ...others, rejoinPostgres: late(rejoinPostgres!), bringBackRedis: late(bringBackRedis!) };
  });
}

function expectHonest({ status, startedAt, endedAt, timing }: RecoveryState, outageMs: number): void {
  const { detectionMs, decisionMs, approvalMs, machineMs, totalMs } = timing;
  expect(status).toBe('recovered');
  expect(detectionMs + decisionMs + approvalMs + machineMs).toBe(totalMs);
  expect(Math.abs(totalMs - outageMs), `${totalMs} ms are said, ${outageMs} ms seen`).toBeLessThan(agreeMs);
  expect(Date.parse(endedAt!) - Date.parse(startedAt), 'it was over much later').toBeGreaterThan(machineMs + mendingMs);
}

test(
  'a PostgreSQL failover: as long as no commit went through, and as much lost as clients miss',
  { timeout: 120_000 },
  async () => {
    await using tidy = new AsyncDisposableStack();
    const stack = await startStoreStack(server, slowToMend());
    tidy.defer(() => stack.stop());
    const cluster = await startCluster();
    tidy.defer(() => cluster.stop());
    const writers = await startPinnedWriters(cluster);
    tidy.defer(() => writers.stop());
    const [a, b] = cluster.servers as [TestServer, TestServer];
    const db = declareCluster(stack, cluster);
    await eventually(() => b.sql('select from pinned').then(({ length }) => length)).toBeGreaterThan(20);

    await b.stop();
    const apart = writers.now();
    await eventually(() => writers.firstCommitAfter('a', apart + 2_000)).toBeDefined();
    const brokenSince = new Date().toISOString();
    await a.kill();
    const killed = writers.now();
    await b.start();
    const served = () => writers.firstCommitAfter('b', killed)?.acknowledged ?? Infinity;
    isMended = () => writers.now() > served() + mendingMs;
    const detectedAt = new Date().toISOString();
    const state = await stack.unattended(await db.recover({ scenario: 'postgres-failover', brokenSince, detectedAt }));
    await writers.stop();

    expectHonest(state, writers.longestPause(killed));
    const { before, after } = await writers.missing(b, killed);
    expect(after).toEqual([]);
    const lost = new Set(before.map(({ id }) => id));
    const kept = writers.acknowledged('a').filter(({ id }) => !lost.has(id));
    const missedMs = before.at(-1)!.acknowledged - kept.at(-1)!.acknowledged;
    expect(missedMs).toBeGreaterThan(1_500);
    expect(Math.abs(state.objectives.rpoAchieved! - missedMs)).toBeLessThan(agreeMs);
  },
);

test('a Redis failover: as long as no write went through, while people thought it over too', { timeout: 60_000 }, async () => {
  await using tidy = new AsyncDisposableStack();
  const stack = await startRedisStack(server, slowToMend());
  tidy.defer(() => stack.stop());
  const bed = await stack.cache();
  const [a, b] = bed.servers as [TestRedis, TestRedis];
  const writer = startWriter('client', [a, b], bed.password);
  tidy.defer(() => writer.stop());
  const last = () => writer.acknowledged.at(-1);
  const firstAtB = () => writer.acknowledged.find(({ node }) => node === 'b');
  isMended = () => firstAtB() !== undefined && last()!.at - firstAtB()!.at > mendingMs;
  await eventually(() => last()?.node).toBe('a');

  const brokenSince = new Date().toISOString();
  await a.kill();
  const id = await bed.recover({ brokenSince });
  await stack.gate(id, 'loss');
  const asked = performance.now();
  await eventually(() => performance.now() - asked).toBeGreaterThan(1_500);
  await stack.approve(id, 'loss');
  const state = await stack.unattended(id);
  await writer.stop();

  const lastAtA = writer.acknowledged.findLast(({ node }) => node === 'a')!;
  expectHonest(state, firstAtB()!.at - lastAtA.at);
  expect(state.timing.approvalMs).toBeGreaterThan(1_500);
});
