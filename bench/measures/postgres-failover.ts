/** A PostgreSQL failover, a planned move, and the way back of the old primary, next to the runbook by hand and to Patroni. */
import { setTimeout as delay } from 'node:timers/promises';
import { isPatroniHere, measureFailover, measureFrozen, measureSwitchover } from '../databases/patroni.ts';
import type { Measure, Samples } from '../measure.ts';
import { promoteByHand, rewindByHand, untilMissed } from '../support/by-hand.ts';
import { startFailoverBench } from '../support/failover.ts';

const rounds = 10;
const warmUp = 1;

async function inRounds(work: () => Promise<number>, many = rounds): Promise<number[]> {
  const samples: number[] = [];
  for (let round = -warmUp; round < many; round++) {
    const took = await work();
    if (round >= 0) samples.push(took);
  }
  return samples;
}

async function nextTo(title: string, measure: (runs: number) => Promise<number[]>): Promise<Pick<Samples, 'against'>> {
  return isPatroniHere() ? { against: { title, samples: await measure(rounds) } } : {};
}

export const failoverApproved: Measure = {
  id: 'failover-approved',
  title: 'A failover approved → the old primary fenced, proven, and the first commit on the new one',
  unit: 'ms',
  goal: 'at most 1,000 ms',
  meets: ({ median }) => median <= 1_000,
  async run(tidy) {
    const bench = await startFailoverBench(tidy);
    const ours = await inRounds(async () => {
      const { standby } = await bench.ready();
      const id = await bench.start();
      const approve = await bench.readyToApprove(id);
      const at = bench.writers.now();
      await approve();
      const first = await bench.firstCommit(standby, at);
      await bench.ended(id);
      return first - at;
    });
    const samples: number[] = [];
    for (let round = 0; round < rounds; round++) samples.push(await promoteByHand());
    return { ours, against: { title: 'pg_promote and a commit, nothing fenced', samples } };
  },
};

export const failoverUnattended: Measure = {
  id: 'failover-unattended',
  title: 'A primary killed → two looks half a second apart miss it → the first commit on the new one, nobody asked',
  unit: 'ms',
  goal: 'at most 5,000 ms, 0.4 × Patroni at its fastest',
  meets: ({ median, ratio }) => median <= 5_000 && (ratio === undefined || ratio <= 0.4),
  async run(tidy) {
    const bench = await startFailoverBench(tidy);
    const ours = await inRounds(async () => {
      const { primary, standby } = await bench.ready();
      const at = bench.writers.now();
      bench.kill(primary);
      await untilMissed(primary);
      const id = await bench.start();
      const first = await bench.firstCommit(standby, at);
      await bench.ended(id);
      return first - at;
    });
    return { ours, ...(await nextTo('Patroni with ttl 20, loop_wait 14, retry_timeout 3', measureFailover)) };
  },
};

export const switchoverGap: Measure = {
  id: 'switchover-gap',
  title: 'A planned switchover under load: the longest time without a commit',
  unit: 'ms',
  goal: 'at most 1,000 ms, 1 × Patroni',
  meets: ({ median, ratio }) => median <= 1_000 && (ratio === undefined || ratio <= 1),
  async run(tidy) {
    const bench = await startFailoverBench(tidy);
    const ours = await inRounds(async () => {
      const { standby } = await bench.ready();
      const at = bench.writers.now();
      const id = await bench.start({ mode: 'switchover' });
      await bench.firstCommit(standby, at);
      const gap = bench.writers.longestPause(at);
      await bench.ended(id);
      return gap;
    });
    return { ours, ...(await nextTo('patronictl switchover', measureSwitchover)) };
  },
};

const frozenMs = 60_000;

export const failoverFrozen: Measure = {
  id: 'failover-frozen',
  title: 'A primary frozen for 60 s and woken, failed over meanwhile: commits acknowledged since by either node, and lost',
  unit: 'commits',
  goal: 'none, ever',
  meets: ({ p99 }) => p99 === 0,
  async run(tidy) {
    const bench = await startFailoverBench(tidy);
    const ours = await inRounds(async () => {
      const { primary, standby } = await bench.ready();
      const at = bench.writers.now();
      const frozen = bench.freeze(primary);
      const id = await bench.start();
      await bench.firstCommit(standby, at);
      await bench.ended(id);
      // Who was ended where it stood wakes no more.
      while (frozen.isThere() && bench.writers.now() < at + frozenMs) await delay(100);
      if (frozen.isThere()) frozen.thaw();
      const { primary: leader } = await bench.ready();
      return (await bench.writers.missing(leader, at)).after.length;
    });
    return { ours, ...(await nextTo('Patroni on etcd, asynchronous as by default', (runs) => measureFrozen(runs, frozenMs))) };
  },
};

/** Some hundred megabytes, so that more is to be done than to begin. */
const fill: Parameters<typeof rewindByHand>[0] = async (primary) => {
  await primary.sql(`create table ballast as select g as n, repeat('x', 180) as words from generate_series(1, 1000000) as g`);
};

export const rejoinByRewind: Measure = {
  id: 'failover-rejoin',
  title: 'The killed primary of a 240 MB cluster → streaming standby of the new one',
  unit: 'ms',
  goal: 'at most 1.3 × the same by hand',
  meets: ({ ratio }) => ratio !== undefined && ratio <= 1.3,
  async run(tidy) {
    const bench = await startFailoverBench(tidy, fill);
    const ours = await inRounds(async () => {
      const { primary } = await bench.ready();
      bench.kill(primary);
      const { steps } = await bench.ended(await bench.start());
      const step = steps.find(({ name }) => name === `rejoin ${primary.id}`)!;
      return Date.parse(step.endedAt!) - Date.parse(step.startedAt);
    }, 5);
    const samples: number[] = [];
    for (let round = 0; round < 5; round++) samples.push(await rewindByHand(fill));
    return { ours, against: { title: 'start, stop, pg_rewind, slot, start by hand', samples } };
  },
};
