/** How many status documents the API serves while a hundred recoveries wait for people, and how fast. */
import { performance } from 'node:perf_hooks';
import { Client, Connection } from '@temporalio/client';
import { recoveryWorkflowId } from '../../domain/identity.ts';
import { statusQuery } from '../../domain/messages.ts';
import type { Measure, Samples } from '../measure.ts';
import { timed } from '../side-by-side.ts';
import { startProduct } from '../support/product.ts';

/** The agent is not declared: each recovery waits for somebody who stops it. */
const targets = Array.from({ length: 100 }, (_, n) => ({
  id: `store-${n}`,
  kind: 'tool-store',
  root: `./store-${n}`,
  repositories: ['local'],
}));
const connections = 8;
const turnMs = 2_500;
const turns = 4;
const title = "a query by Temporal's own client";

let whole: Promise<{ rates: Samples; latencies: Samples }> | undefined;

export const statusDocument: Measure = {
  id: 'status-document',
  title: 'Status documents, 100 recoveries running, 8 connections',
  unit: '/s',
  goal: 'at least half as many as raw queries',
  meets: ({ ratio = 0 }) => ratio >= 0.5,
  run: async (tidy) => (await (whole ??= load(tidy))).rates,
};

export const statusDocumentLatency: Measure = {
  id: 'status-document-latency',
  title: 'One status document under that load',
  unit: 'ms',
  goal: 'p99 at most 100 ms',
  meets: ({ p99 }) => p99 <= 100,
  run: async (tidy) => (await (whole ??= load(tidy))).latencies,
};

async function load(tidy: AsyncDisposableStack): Promise<{ rates: Samples; latencies: Samples }> {
  const { temporalAddress, call, until } = await startProduct(tidy, { targets });
  const connection = await Connection.connect({ address: temporalAddress });
  tidy.defer(() => connection.close());
  const { workflow } = new Client({ connection });
  const ids: string[] = [];
  for (const { id: target } of targets) {
    const { id } = await call<{ id: string }>('POST', '/v1/recoveries', { scenario: 'tool-store-loss', target, reason: 'bench' });
    ids.push(id);
  }
  for (const id of ids) await until<{ status: string }>(`/v1/recoveries/${id}`, ({ status }) => status === 'waiting');

  const ours = turnsOf((n) => call('GET', `/v1/recoveries/${ids[n % ids.length]}`));
  const raw = turnsOf((n) => workflow.getHandle(recoveryWorkflowId(targets[n % targets.length]!.id)).query(statusQuery));
  for (let turn = 0; turn <= turns; turn++) {
    const counts = turn > 0;
    await ours.turn(counts);
    await raw.turn(counts);
  }
  return {
    rates: { ours: ours.rates, against: { title, samples: raw.rates } },
    latencies: { ours: ours.latencies, against: { title, samples: raw.latencies } },
  };
}

/** A closed loop: each connection asks anew as soon as it has its answer. */
function turnsOf(ask: (n: number) => Promise<unknown>) {
  const rates: number[] = [];
  const latencies: number[] = [];
  let asked = 0;
  return {
    rates,
    latencies,
    async turn(counts: boolean): Promise<void> {
      const end = performance.now() + turnMs;
      const times: number[] = [];
      const loop = async (): Promise<void> => {
        while (performance.now() < end) times.push(await timed(() => ask(asked++)));
      };
      const ms = await timed(() => Promise.all(Array.from({ length: connections }, loop)));
      if (!counts) return;
      rates.push((times.length / ms) * 1_000);
      latencies.push(...times);
    },
  };
}
