/** A worker with the real ports on the backups of a test's target, as a process that can be killed. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createActivities } from '../../../activities/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { workflowBundle } from '../../../worker/bundle.ts';
import { startWorker } from '../../../worker/run.ts';
import { secretsOf, type WorkOrder } from './victim.ts';

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
});
const order = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as WorkOrder & { readonly address: string };
const { inventory, data, address } = order;
await startWorker({
  connection: await NativeConnection.connect({ address }),
  activities: createActivities(createPorts({ inventory: () => inventory, data, secret: secretsOf(order) })),
  site: 'main',
  workflowBundle: await workflowBundle(),
});
