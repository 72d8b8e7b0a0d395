/** What somebody would run instead: Patroni at its fastest. `node bench/databases/patroni.ts [runs]` prints its figures alone. */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { startPinnedWriters, type PinnedWriters } from '../../test/support/postgres/pinned-writers.ts';
import { startPatroni, type PatroniCluster, type PatroniNode, type PatroniSettings } from './patroni-cluster.ts';

/**
 * The documentation asks for ttl ≥ 20, retry_timeout ≥ 3, and loop_wait + 2 × retry_timeout ≤ ttl. A leader's key lives for ttl from
 * its last renewal, one each loop: the longer the loop, the older the key when the node dies. So this is the fastest on average.
 */
export const fastest: PatroniSettings = { ttl: 20, loop_wait: 14, retry_timeout: 3 };

/** Milliseconds from the death of a node (server and agent) to the first commit on the other one, once for each run. */
export async function measureFailover(runs: number, settings = fastest): Promise<number[]> {
  return withCluster(settings, async (cluster, writers) => {
    const samples: number[] = [];
    for (let run = 0; run < runs; run++) {
      const { primary, standby } = await writtenTo(cluster, writers);
      // How old the key is when the node dies is chance; here it is spread evenly.
      await cluster.leaderRenewed();
      await delay(((run + 0.5) / runs) * settings.loop_wait * 1_000);
      const killed = writers.now();
      primary.kill();
      samples.push((await firstCommit(writers, standby, killed)) - killed);
      primary.start();
    }
    return samples;
  });
}

/** Milliseconds without a commit on either node in a planned switchover, once for each run. */
export async function measureSwitchover(runs: number, settings = fastest): Promise<number[]> {
  return withCluster(settings, async (cluster, writers) => {
    const samples: number[] = [];
    for (let run = 0; run < runs; run++) {
      const { primary, standby } = await writtenTo(cluster, writers);
      const asked = writers.now();
      await cluster.switchOver(primary, standby);
      await firstCommit(writers, standby, asked);
      samples.push(writers.longestPause(asked));
    }
    return samples;
  });
}

async function withCluster<T>(
  settings: PatroniSettings,
  work: (cluster: PatroniCluster, writers: PinnedWriters) => Promise<T>,
): Promise<T> {
  await using tidy = new AsyncDisposableStack();
  const cluster = await startPatroni(settings, tidy);
  await cluster.ready();
  const writers = await startPinnedWriters(cluster, { paceMs: 2 });
  tidy.defer(() => writers.stop());
  return await work(cluster, writers);
}

async function writtenTo(cluster: PatroniCluster, writers: PinnedWriters) {
  const nodes = await cluster.ready();
  await firstCommit(writers, nodes.primary, writers.now());
  return nodes;
}

/** When it was acknowledged, on the clock of the writers. */
async function firstCommit(writers: PinnedWriters, { id }: PatroniNode, at: number): Promise<number> {
  for (;;) {
    const commit = writers.firstCommitAfter(id, at);
    if (commit) return commit.acknowledged;
    if (writers.now() - at > 120_000) throw new Error(`${id} takes no writes.`);
    await delay(20);
  }
}

if (import.meta.main) {
  // What was started is ended on the way out, also after Ctrl-C.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const runs = Number(process.argv[2] ?? 10);
  const say = (what: string, samples: readonly number[]): void => {
    const sorted = samples.toSorted((a, b) => a - b).map(Math.round);
    process.stdout.write(`${what}: median ${sorted[Math.ceil(sorted.length / 2) - 1]} ms of ${sorted.join(', ')}\n`);
  };
  say('node killed → first commit on the other', await measureFailover(runs));
  say('switchover, write gap', await measureSwitchover(runs));
}
