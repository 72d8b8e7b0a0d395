/** A worker for workflows that need nothing of ours, beside the toys or alone. */
import { fileURLToPath } from 'node:url';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { workflowBundle } from '../../worker/bundle.ts';
import { endSignal, type answering } from '../workflows/raw.ts';

export const rawQueue = 'raw';

/** Runs `bench/workflows/<workflows>.ts` on the queue `raw`. */
export async function startRawWorker(tidy: AsyncDisposableStack, address: string, workflows: string): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  tidy.defer(() => connection.close());
  const bundle = await workflowBundle({ entry: fileURLToPath(new URL(`../workflows/${workflows}.ts`, import.meta.url)) });
  const worker = await Worker.create({ connection, taskQueue: rawQueue, workflowBundle: bundle });
  const ended = worker.run();
  tidy.defer(async () => {
    worker.shutdown();
    await ended;
  });
}

interface Where {
  readonly client: Client;
  readonly address: string;
}

/** A workflow that answers updates and does nothing else. */
export async function startAnswering(
  tidy: AsyncDisposableStack,
  { client, address }: Where,
): Promise<WorkflowHandle<typeof answering>> {
  await startRawWorker(tidy, address, 'raw');
  const handle = await client.workflow.start<typeof answering>('answering', { workflowId: 'answering', taskQueue: rawQueue });
  tidy.defer(() => handle.signal(endSignal));
  return handle;
}
