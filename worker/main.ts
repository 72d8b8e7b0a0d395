/** The worker process: environment, Temporal, inventory and ports wired together; SIGTERM lets running activities end. */
import { resolve } from 'node:path';
import process from 'node:process';
import { Runtime } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { createPorts } from '../adapters/ports.ts';
import { certificatePlaces, EnvironmentError, readEnvironment, resolveSecret } from '../config/environment.ts';
import { InventoryError } from '../config/inventory.ts';
import { watchInventory } from '../config/inventory-source.ts';
import { workflowBundle } from './bundle.ts';
import { connectToTemporal } from './connect.ts';
import { createLogger } from './logger.ts';
import { startWorker } from './run.ts';
import { ensureSearchAttributes } from './search-attributes.ts';

try {
  await main();
} catch (error) {
  if (!(error instanceof EnvironmentError || error instanceof InventoryError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const environment = readEnvironment();
  const logger = createLogger(environment);
  const inventory = watchInventory(resolve(environment.OKIAGARI_INVENTORY), {
    onReload: () => logger.info('the inventory has changed and is in use'),
    onRefused: (error) => logger.error(`the inventory has changed and is wrong; the old one stays in use\n${error.message}`),
  });
  // Keeps the process alive from here on. `forward` sends the native core's lines to our logger; they would go to the terminal otherwise.
  Runtime.install({ logger, telemetryOptions: { logging: { filter: { core: 'WARN', other: 'WARN' }, forward: {} } } });
  const ports = createPorts({
    inventory: () => inventory.current(),
    data: resolve(environment.OKIAGARI_DATA),
    secret: resolveSecret,
    variables: certificatePlaces(),
  });
  const prebuilt = environment.OKIAGARI_WORKFLOW_BUNDLE;
  const [{ connection, namespace }, bundle] = await Promise.all([
    connectToTemporal(logger),
    prebuilt === undefined ? workflowBundle() : { codePath: resolve(prebuilt) },
  ]);
  const site = environment.OKIAGARI_SITE;
  const [worker] = await Promise.all([
    startWorker({ connection, namespace, activities: createActivities(ports), site, workflowBundle: bundle }),
    ensureSearchAttributes(connection, namespace, logger),
  ]);
  logger.info('worker is polling', { site, namespace });
  await worker.ended;
  await connection.close();
  inventory.close();
}
