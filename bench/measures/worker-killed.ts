/** SIGKILL of the worker → the work goes on by itself, in every kind of step; the same with the SDK's defaults. */
import { randomUUID } from 'node:crypto';
import type { Measure, Samples } from '../measure.ts';
import { killOnce, kinds, superviseWorker, type Kind } from '../support/killed.ts';
import { startToys, type Toys } from '../support/toys.ts';
import { endSignal } from '../workflows/raw.ts';

/** A round takes 15 s, most of it waiting for the defaults; meanwhile our worker lives long enough to count as settled. */
const rounds = 5;

const titles: Readonly<Record<Kind, string>> = {
  quick: 'Worker killed in a quick activity → its next attempt',
  patient: 'Worker killed in a heartbeating activity → its next attempt',
  gate: 'Worker killed at a gate, decided meanwhile → the approved work',
  between: 'Worker killed while steps follow one another → the next step',
};

let whole: Promise<Record<Kind, Samples>> | undefined;

/** One kill hits all four kinds, so the four measures share their rounds. */
export const workerKilled: readonly Measure[] = kinds.map((kind) => ({
  id: `worker-killed-${kind}`,
  title: titles[kind],
  unit: 'ms',
  goal: 'never more than 3,000 ms',
  meets: ({ p99 }) => p99 <= 3_000,
  run: async (tidy) => (await (whole ??= killAgainAndAgain(tidy)))[kind],
}));

async function killAgainAndAgain(tidy: AsyncDisposableStack): Promise<Record<Kind, Samples>> {
  const toys = await startToys(tidy);
  await toys.stopWorker();
  const worker = new URL('../support/toy-worker.ts', import.meta.url);
  const rawWorker = new URL('../support/raw-worker.ts', import.meta.url);
  const ours = await superviseWorker(tidy, worker, toys.address);
  const raw = await superviseWorker(tidy, rawWorker, toys.address);
  const mine: Record<Kind, number>[] = [];
  const others: Record<Kind, number>[] = [];
  for (let round = 0; round < rounds; round++) {
    mine.push(await killOnce(ours, recoveries(toys, round)));
    others.push(await killOnce(raw, rawWorkflows(toys)));
  }
  const title = "the SDK's default timeouts, 10 s for activities";
  const samplesOf = (kind: Kind): Samples => ({
    ours: mine.map((one) => one[kind]),
    against: { title, samples: others.map((one) => one[kind]) },
  });
  return {
    quick: samplesOf('quick'),
    patient: samplesOf('patient'),
    gate: samplesOf('gate'),
    between: samplesOf('between'),
  };
}

/** A recovery in each kind of step, and a backup for the heartbeating one. */
function recoveries(toys: Toys, round: number) {
  const started: string[] = [];
  let approve: () => Promise<unknown>;
  return {
    async start() {
      const backup = await toys.startBackup('patient', `bench-${round}`);
      started.push(
        backup.workflowId,
        await toys.start({ scenario: 'toy-steps', target: 'quick', input: { steps: 1 } }),
        await toys.start({ scenario: 'toy-set', target: 'gate', input: { value: round + 1 } }),
      );
      approve = await toys.readyToApprove('recovery/gate');
      started.push(await toys.start({ scenario: 'toy-steps', target: 'between', input: { steps: 40 } }));
    },
    decide: () => approve(),
    end: () => Promise.all(started.map((id) => toys.result(id))),
  };
}

function rawWorkflows({ client }: Toys) {
  const started = kinds.map((kind) => ({ kind, workflowId: `${kind}/${randomUUID()}` }));
  const handle = ({ workflowId }: { workflowId: string }) => client.workflow.getHandle(workflowId);
  return {
    start: () =>
      Promise.all(
        started.map(({ kind, workflowId }) =>
          client.workflow.start(kind, { workflowId, taskQueue: 'raw', args: kind === 'between' ? [40] : [] }),
        ),
      ),
    decide: () => handle(started[kinds.indexOf('gate')]!).signal(endSignal),
    end: () => Promise.all(started.map((one) => handle(one).result())),
  };
}
