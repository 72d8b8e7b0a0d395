/** Clusters that Patroni runs as targets under a real worker on a real Temporal server, and what the tests of their failovers ask. */
import { expect, onTestFinished } from 'vitest';
import type { Waiting } from '../../../domain/recovery.ts';
import { declareCluster } from '../postgres/declare.ts';
import { isPrimary as isServerPrimary } from '../postgres/questions.ts';
import { startStoreStack, type DeclaredTarget, type StoreStack } from '../store-stack.ts';
import type { TemporalServer } from '../temporal-server.ts';
import { callApi } from './api.ts';
import { startPatroni, type PatroniCluster } from './cluster.ts';
import type { Member } from './member.ts';

export interface PatroniStack extends StoreStack {
  /** A cluster of two, or more, with a hundred rows; it ends with the test. */
  filled(
    options?: Parameters<typeof startPatroni>[0],
  ): Promise<{ readonly cluster: PatroniCluster; readonly a: Member; readonly b: Member; readonly db: DeclaredTarget }>;
  gateAtLast(id: string, gate: string): Promise<Waiting>;
}

/** Patroni takes its time, longer than a test waits for anything else. */
export const patience = { timeout: 120_000, interval: 200 };

export async function startPatroniStack(server: TemporalServer): Promise<PatroniStack> {
  const stack = await startStoreStack(server);
  return {
    ...stack,
    async filled(options = {}) {
      const cluster = await startPatroni(options);
      onTestFinished(() => cluster.stop());
      const [a, b] = cluster.members as [Member, Member];
      await a.server.sql('create table t as select generate_series(1, 100) as n');
      await expect.poll(() => count(b)).toBe(100);
      return { cluster, a, b, db: declareCluster(stack, cluster) };
    },
    async gateAtLast(id, gate) {
      await expect.poll(async () => (await stack.state(id)).waitingFor.map((one) => one.gate), patience).toContain(gate);
      return stack.gate(id, gate);
    },
  };
}

export const isPrimary = ({ server }: Member): Promise<boolean | undefined> => isServerPrimary(server);

export async function timelineOf({ server }: Member): Promise<number> {
  const rows = await server.sql<{ file: string }>('select pg_walfile_name(pg_current_wal_lsn()) as file');
  return Number.parseInt(rows[0]!.file.slice(0, 8), 16);
}

export const count = async ({ server }: Member): Promise<number> =>
  (await server.sql<{ count: number }>('select count(*)::int as count from t'))[0]!.count;

/** A commit on this node is confirmed by that one. */
export async function isWaitedFor({ api }: Member, name: string): Promise<boolean> {
  const { members } = await callApi<{ members: { name: string; role: string }[] }>(api, '/cluster');
  return members.some((member) => member.name === name && member.role === 'sync_standby');
}
