/** What somebody would run instead: Patroni at its fastest. `node bench/databases/patroni.ts [runs]` prints its figures alone. */
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { findEtcd, findPatroni } from '../../scripts/test-servers.mjs';
import { startPatroni, type PatroniCluster } from '../../test/support/patroni/cluster.ts';
import type { Member, Timing } from '../../test/support/patroni/member.ts';
import { startPinnedWriters, type PinnedWriters } from '../../test/support/postgres/pinned-writers.ts';
import { leaseRenewed } from './leader-lease.ts';

/**
 * The documentation asks for ttl ≥ 20, retry_timeout ≥ 3, and loop_wait + 2 × retry_timeout ≤ ttl. A leader's key lives for ttl from
 * its last renewal, one each loop: the longer the loop, the older the key when the node dies. So this is the fastest on average.
 */
export const fastest: Timing = { ttl: 20, loop_wait: 14, retry_timeout: 3 };

export const isPatroniHere = (): boolean => findPatroni() !== undefined && findEtcd() !== undefined;

/** Milliseconds from the death of a node (server and agent) to the first commit on the other one, once for each run. */
export async function measureFailover(runs: number, settings = fastest): Promise<number[]> {
  return withCluster(settings, async (cluster, writers) => {
    const samples: number[] = [];
    for (let run = 0; run < runs; run++) {
      const { primary, standby } = await writtenTo(cluster, writers);
      // How old the key is when the node dies is chance; here it is spread evenly.
      await leaseRenewed(cluster.etcd.port, '/service/db/leader');
      await delay(((run + 0.5) / runs) * settings.loop_wait * 1_000);
      const killed = writers.now();
      await primary.kill();
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
      cluster.askToSwitchOver(primary, standby);
      await firstCommit(writers, standby, asked);
      samples.push(writers.longestPause(asked));
    }
    return samples;
  });
}

/**
 * Commits acknowledged by either node since the primary froze, was replaced and was woken, that whoever leads in the end lacks, once
 * for each run. That may be the woken one: `_update_leader` of Patroni 3.0.2 puts its key anew where its lease has ended, and does not
 * look whose it is by now.
 */
export async function measureFrozen(runs: number, frozenMs: number, settings = fastest): Promise<number[]> {
  return withCluster(settings, async (cluster, writers) => {
    const samples: number[] = [];
    for (let run = 0; run < runs; run++) {
      const { primary, standby } = await writtenTo(cluster, writers);
      const at = writers.now();
      primary.freeze();
      await firstCommit(writers, standby, at);
      await delay(at + frozenMs - writers.now());
      primary.thaw();
      const leader = await cluster.leader();
      samples.push((await writers.missing(leader.server, at)).after.length);
    }
    return samples;
  });
}

async function withCluster<T>(
  settings: Timing,
  work: (cluster: PatroniCluster, writers: PinnedWriters) => Promise<T>,
): Promise<T> {
  await using tidy = new AsyncDisposableStack();
  const cluster = await startPatroni(settings);
  tidy.defer(() => cluster.stop());
  const servers = cluster.members.map(({ server }) => server);
  const writers = await startPinnedWriters({ nodes: cluster.nodes, servers }, { paceMs: 2 });
  tidy.defer(() => writers.stop());
  return await work(cluster, writers);
}

async function writtenTo(cluster: PatroniCluster, writers: PinnedWriters) {
  const primary = await cluster.leader();
  const standby = cluster.members.find((member) => member !== primary)!;
  await firstCommit(writers, primary, writers.now());
  return { primary, standby };
}

/** When it was acknowledged, on the clock of the writers. */
async function firstCommit(writers: PinnedWriters, { id }: Member, at: number): Promise<number> {
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
  const say = (what: string, unit: string, samples: readonly number[]): void => {
    const sorted = samples.toSorted((a, b) => a - b).map(Math.round);
    process.stdout.write(`${what}: median ${sorted[Math.ceil(sorted.length / 2) - 1]} ${unit} of ${sorted.join(', ')}\n`);
  };
  say('node killed → first commit on the other', 'ms', await measureFailover(runs));
  say('switchover, write gap', 'ms', await measureSwitchover(runs));
  say('frozen for 60 s and woken, acknowledged and lost', 'commits', await measureFrozen(runs, 60_000));
}
