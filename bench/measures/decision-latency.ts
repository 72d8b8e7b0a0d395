/** From the moment a decision is sent to the first line of the work that waited for it. */
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { workflowBundle } from '../../worker/bundle.ts';
import type { Measure } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';
import { startToys, type Toys } from '../support/toys.ts';
import { endSignal, pingUpdate, type answering } from '../workflows/raw.ts';

/** Recoveries that wait at a gate at the same time: enough that a round does not begin with a wait. */
const targets = Array.from({ length: 20 }, (_, n) => `asks-${n}`);
const rounds = 100;

export const decisionLatency: Measure = {
  id: 'decision-latency',
  title: 'A decision sent → the approved work has begun',
  unit: 'ms',
  goal: 'p99 at most 100 ms',
  meets: ({ p99 }) => p99 <= 100,
  async run(tidy) {
    const asking = targets.map((id) => `  - { id: ${id}, kind: toy, approvals: { set: { always: true } } }\n`);
    const toys = await startToys(tidy, asking.join(''));
    const raw = await startAnswering(tidy, toys);
    const waiting: Promise<string>[] = [];
    const park = async (target: string): Promise<string> => {
      // Another value each time, so that there is something to apply.
      const value = (toys.world.read(target) % 1_000) + 1;
      const id = await toys.start({ scenario: 'toy-set', target, input: { value } });
      await toys.gate(id, 'set');
      return id;
    };
    return sideBySide({
      rounds,
      warmUp: targets.length,
      async ours() {
        if (waiting.length === 0) waiting.push(...targets.map(park));
        // All of them wait before the first is decided: the machine is not busy with parking the others.
        await Promise.all(waiting);
        const id = await waiting.shift()!;
        const took = await decide(toys, id);
        await toys.result(id);
        return took;
      },
      against: { title: 'a raw update and its answer', run: () => timed(() => raw.executeUpdate(pingUpdate)) },
    });
  },
};

async function decide(toys: Toys, id: string): Promise<number> {
  const approve = await toys.readyToApprove(id);
  const begun = new Promise<number>((resolve) => toys.world.hooks.set('applySet', () => resolve(performance.now())));
  const from = performance.now();
  const [at] = await Promise.all([begun, approve()]);
  return at - from;
}

/** A workflow that answers updates and does nothing else, on a worker of its own. */
async function startAnswering(tidy: AsyncDisposableStack, { client, address }: Toys): Promise<WorkflowHandle<typeof answering>> {
  const connection = await NativeConnection.connect({ address });
  tidy.defer(() => connection.close());
  const bundle = await workflowBundle({ entry: fileURLToPath(new URL('../workflows/raw.ts', import.meta.url)) });
  const worker = await Worker.create({ connection, taskQueue: 'raw', workflowBundle: bundle });
  const ended = worker.run();
  tidy.defer(async () => {
    worker.shutdown();
    await ended;
  });
  const handle = await client.workflow.start<typeof answering>('answering', { workflowId: 'answering', taskQueue: 'raw' });
  tidy.defer(() => handle.signal(endSignal));
  return handle;
}
