/** Fifty people start a recovery at the same moment: of one target, where one may, and of fifty targets, where all may. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Measure, Samples } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';
import { startProduct, token } from '../support/product.ts';
import { rawQueue } from '../support/raw.ts';

const atOnce = 50;
/** With the warm-up these are 400 writes: one person may send 600 a minute, those that are sent again among them. */
const rounds = 3;
const warmUp = 1;
/** The agent is not declared: each recovery waits for somebody who stops it. A round has a target to fight for, and fifty more. */
const targets = Array.from({ length: (rounds + warmUp) * (1 + atOnce) }, (_, n) => ({
  id: `store-${n}`,
  kind: 'tool-store',
  root: `./store-${n}`,
  repositories: ['local'],
}));

let whole: Promise<{ ofOne: Samples; ofFifty: Samples }> | undefined;
const goal = 'all answered within 2,000 ms';

export const fiftyStarts: readonly Measure[] = [
  {
    id: 'fifty-starts-one-target',
    title: '50 starts of one target at once → the last answer: one 202, 49 times 409 with its id',
    unit: 'ms',
    goal,
    meets: ({ p99 }) => p99 <= 2_000,
    run: async (tidy) => (await (whole ??= startAgainAndAgain(tidy))).ofOne,
  },
  {
    id: 'fifty-starts',
    title: '50 starts of 50 targets at once → the last answer: 50 times 202',
    unit: 'ms',
    goal,
    meets: ({ p99 }) => p99 <= 2_000,
    run: async (tidy) => (await (whole ??= startAgainAndAgain(tidy))).ofFifty,
  },
];

async function startAgainAndAgain(tidy: AsyncDisposableStack): Promise<{ ofOne: Samples; ofFifty: Samples }> {
  const { api, temporalAddress } = await startProduct(tidy, { targets });
  const connection = await Connection.connect({ address: temporalAddress });
  tidy.defer(() => connection.close());
  const { workflow } = new Client({ connection });
  const free = targets.map(({ id }) => id);
  let raws = 0;
  // Nobody works for this queue: what is timed is the start alone.
  const startRaw = (n: number): Promise<unknown> =>
    workflow.start('answering', { workflowId: `raw/${n}`, taskQueue: rawQueue }).catch((error: unknown) => {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
  const title = "Temporal's own client, unchecked and unsigned";
  const ofOne = await sideBySide({
    rounds,
    warmUp,
    async ours() {
      const target = free.shift()!;
      return startAll(
        api,
        Array.from({ length: atOnce }, () => target),
      );
    },
    against: {
      title,
      run() {
        const n = raws++;
        return timed(() => Promise.all(Array.from({ length: atOnce }, () => startRaw(n))));
      },
    },
  });
  const ofFifty = await sideBySide({
    rounds,
    warmUp,
    ours: () => startAll(api, free.splice(0, atOnce)),
    against: { title, run: () => timed(() => Promise.all(Array.from({ length: atOnce }, () => startRaw(raws++)))) },
  });
  return { ofOne, ofFifty };
}

/** Milliseconds to the last answer. Throws unless each target has exactly one recovery, and everybody was told its id. */
async function startAll(api: string, wanted: readonly string[]): Promise<number> {
  let answers: readonly Answer[] = [];
  const took = await timed(async () => (answers = await Promise.all(wanted.map((target) => start(api, target)))));
  const started = new Set(answers.filter(({ status }) => status === 202).map(({ id }) => id));
  const told = answers.every(({ status, id }) => (status === 202 || status === 409) && id !== undefined && started.has(id));
  const first = answers.filter(({ status }) => status === 202).length;
  if (!told || first !== new Set(wanted).size) {
    throw new Error(`${wanted.length} starts were answered ${answers.map(({ status }) => status).join(' ')}`);
  }
  return took;
}

interface Answer {
  readonly status: number;
  /** Of the recovery that was started, or that is in the way. */
  readonly id: string | undefined;
}

/** Asks again with the same key where Temporal did not answer in time, as a client should: the answer that counts is the last. */
async function start(api: string, target: string): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const body = JSON.stringify({ scenario: 'tool-store-loss', target, reason: 'bench' });
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(`${api}/v1/recoveries`, { method: 'POST', headers, body });
    const { id, heldBy } = (await answer.json()) as { id?: string; heldBy?: { id: string } };
    if (answer.status !== 503 || attempt === 5) return { status: answer.status, id: id ?? heldBy?.id };
  }
}
