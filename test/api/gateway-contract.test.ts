/** The gateway contract, on the fake and on a real Temporal server with a real worker. */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll } from 'vitest';
import { createTemporalGateway } from '../../api/temporal-gateway.ts';
import { fail } from '../../domain/fail.ts';
import { controlQueue, siteQueue } from '../../domain/identity.ts';
import { plain } from '../../domain/text.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { createFakeGateway, type FakeRun } from '../support/fake-gateway.ts';
import { gatewayContract } from '../support/gateway-contract.ts';
import { startTemporalServer } from '../support/temporal-server.ts';

const targetMissing = () => {
  throw fail('target-missing', plain('gone'));
};

gatewayContract('fake', async () => {
  const gateway = createFakeGateway();
  const listen = (run: FakeRun): void => {
    const heard: string[] = [];
    run.queries.set('heard', () => heard);
    run.updates.set('say', (words) => {
      if (words === 'refuse') throw fail('plan-changed', plain('refused'), { errors: [{ path: 'digest', message: 'old' }] });
      return heard.push(words as string);
    });
    run.onSignal = ({ name, args: [words] }) => {
      if (name === 'note') heard.push(words as string);
      if (name !== 'finish') return;
      const badly = words === 'badly';
      Object.assign(run, { state: badly ? 'broken' : 'completed', closedAt: new Date().toISOString() });
      run.result = badly ? fail('disk-full', plain('no room')) : { heard };
    };
  };
  gateway.onStart = listen;
  gateway.asked.set('contractLook', (input) => input);
  gateway.asked.set('contractFail', targetMissing);
  const end = (workflowId: string): FakeRun =>
    Object.assign(gateway.newest(workflowId)!, { state: 'broken', closedAt: new Date().toISOString() });
  return {
    gateway,
    stopWorker: async () => void (gateway.worker = 'gone'),
    startWorker: async () => void (gateway.worker = 'here'),
    terminate: async (workflowId) => void end(workflowId),
    async reset(workflowId) {
      const { firstRunId, type } = end(workflowId);
      listen(gateway.add(workflowId, { firstRunId, type }));
    },
  };
});

const cleanups: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const clean of cleanups.toReversed()) await clean();
});

gatewayContract('Temporal', async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  const server = await startTemporalServer();
  cleanups.push(() => server.stop());
  const gateway = createTemporalGateway({ address: server.address });
  cleanups.push(() => gateway.close());
  const connection = await Connection.connect({ address: server.address });
  cleanups.push(() => connection.close());
  const native = await NativeConnection.connect({ address: server.address });
  cleanups.push(() => native.close());
  const client = new Client({ connection });
  const bundle = await workflowBundle({ entry: fileURLToPath(new URL('../support/contract-workflows.ts', import.meta.url)) });

  let workers: { worker: Worker; run: Promise<void> }[] = [];
  const startWorker = async (): Promise<void> => {
    const common = {
      connection: native,
      activities: { contractLook: async (input: unknown) => input, contractFail: targetMissing },
    };
    const made = [
      await Worker.create({
        ...common,
        taskQueue: controlQueue,
        workflowBundle: bundle,
        stickyQueueScheduleToStartTimeout: '1s',
      }),
      await Worker.create({ ...common, taskQueue: siteQueue('main') }),
    ];
    workers = made.map((worker) => ({ worker, run: worker.run() }));
  };
  const stopWorker = async (): Promise<void> => {
    for (const { worker } of workers) worker.shutdown();
    await Promise.all(workers.map(({ run }) => run));
    workers = [];
  };
  cleanups.push(stopWorker);
  await startWorker();
  return {
    gateway,
    startWorker,
    stopWorker,
    terminate: async (workflowId) => void (await client.workflow.getHandle(workflowId).terminate('contract')),
    async reset(workflowId) {
      const { runId } = await client.workflow.getHandle(workflowId).describe();
      await client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId, runId },
        reason: 'contract',
        // After the first workflow task: started, task scheduled, started, completed.
        workflowTaskFinishEventId: 4 as never,
        requestId: workflowId,
      });
    },
  };
});
