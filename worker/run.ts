/** Two workers in one process: `okiagari` runs the workflows, `site-<site>` the activities that touch what lives there. */
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { controlQueue, siteQueue } from '../domain/identity.ts';

export interface StartWorker {
  readonly connection: NativeConnection;
  readonly namespace?: string;
  /** Every activity by its name, see activities/index.ts. */
  readonly activities: object;
  readonly site: string;
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
}

export interface RunningWorker {
  /** Ends when both have stopped; rejects when one of them broke. */
  readonly ended: Promise<void>;
  /** Takes no more tasks, lets the running ones end within the grace time. Twice is fine. */
  stop(): Promise<void>;
}

/** Polling when it resolves. The connection stays the caller's. */
export async function startWorker(options: StartWorker): Promise<RunningWorker> {
  const { connection, namespace = 'default', activities, site, workflowBundle } = options;
  const common = {
    connection,
    namespace,
    activities,
    // Zero by default, which would cut running activities off at once.
    shutdownGraceTime: '5s',
    shutdownForceTime: '8s',
  } satisfies Partial<WorkerOptions>;
  const workers = await Promise.all([
    // 10 s by default: the pause of every workflow after its worker was killed.
    Worker.create({ ...common, taskQueue: controlQueue, workflowBundle, stickyQueueScheduleToStartTimeout: '1s' }),
    Worker.create({ ...common, taskQueue: siteQueue(site) }),
  ]);
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  // One alone would take tasks that wait for the other for ever.
  const ended = Promise.all(workers.map((worker) => worker.run().finally(shutdown))).then(() => undefined);
  return {
    ended,
    async stop() {
      shutdown();
      await ended;
    },
  };
}
