/** Workflows that all wait for one instant, and what their histories say of it: each timer fired once, and when the work went on. */
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { controlQueue } from '../../domain/identity.ts';
import { startTemporalServer } from '../../test/support/temporal-server.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { startWorker } from '../../worker/run.ts';
import { workflowTaskTimeout } from '../../workflows/kit/policies.ts';
import { rawQueue, startRawWorker } from './raw.ts';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type Event = NonNullable<History['events']>[number];

/** How late each of `count` workflows of this type went on after the instant they all waited for, `inMs` from now; milliseconds. */
export type DueTogether = (type: 'gateDue' | 'sleepDue', count: number, inMs: number) => Promise<readonly number[]>;

/** As recoveries are started, and as the SDK does where nothing is said. */
const ways = { gateDue: { taskQueue: controlQueue, workflowTaskTimeout }, sleepDue: { taskQueue: rawQueue } } as const;

/** At most so many requests at once. */
const connections = 16;

export async function startDue(tidy: AsyncDisposableStack): Promise<DueTogether> {
  const server = await startTemporalServer();
  tidy.defer(() => server.stop());
  const connection = await Connection.connect({ address: server.address });
  tidy.defer(() => connection.close());
  const { workflow } = new Client({ connection });
  await startRawWorker(tidy, server.address, 'due');
  await startOurWorker(tidy, server.address);
  let rounds = 0;
  return async (type, count, inMs) => {
    const at = Date.now() + inMs;
    const round = ++rounds;
    const handles = await inTurns(count, (n) =>
      workflow.start(type, { ...ways[type], workflowId: `${type}/${round}/${n}`, args: [at] }),
    );
    if (Date.now() > at) throw new Error(`${count} workflows could not be started within ${inMs} ms`);
    await delay(at - Date.now());
    await Promise.all(handles.map((handle) => handle.result()));
    const histories = await inTurns(count, (n) => handles[n]!.fetchHistory());
    return histories.map((history) => wentOn(history) - at);
  };
}

/** With all that our worker is told, its short timeouts above all. */
async function startOurWorker(tidy: AsyncDisposableStack, address: string): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  tidy.defer(() => connection.close());
  const bundle = await workflowBundle({ entry: fileURLToPath(new URL('../workflows/due.ts', import.meta.url)) });
  const nothing = (): Promise<void> => Promise.resolve();
  const worker = await startWorker({ connection, activities: { nothing }, site: 'main', workflowBundle: bundle });
  tidy.defer(() => worker.stop());
}

/** When the workflow heard of its last timer. Throws when a timer was lost, or fired twice. */
function wentOn({ events }: History): number {
  const all = events ?? [];
  const started = all.flatMap(({ timerStartedEventAttributes: timer }) => (timer ? [timer.timerId] : []));
  const fired = all.flatMap(({ timerFiredEventAttributes: timer }) => (timer ? [timer.timerId] : []));
  if (fired.length !== started.length || started.some((timer) => !fired.includes(timer))) {
    throw new Error(`of the timers ${started.join()} these fired: ${fired.join()}`);
  }
  const last = all.findLastIndex(({ timerFiredEventAttributes }) => timerFiredEventAttributes);
  const heard = all.slice(last).find(({ workflowTaskStartedEventAttributes }) => workflowTaskStartedEventAttributes);
  if (!heard) throw new Error('a workflow ended without its timer');
  return timeOf(heard);
}

const timeOf = ({ eventTime }: Event): number => Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1_000_000;

async function inTurns<T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const loop = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) results[n] = await work(n);
  };
  await Promise.all(Array.from({ length: connections }, loop));
  return results;
}
