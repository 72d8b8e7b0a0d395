/** The worker as a process that says where it is: before and after each activity, and after each effect within. */
import { dirname } from 'node:path';
import process from 'node:process';
import { Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Ports } from '../../../activities/ports/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { readEnvironment, resolveSecret } from '../../../config/environment.ts';
import { loadInventory } from '../../../config/inventory.ts';
import { workflowBundle } from '../../../worker/bundle.ts';
import { startWorker } from '../../../worker/run.ts';
import { announce, inScope, mined, pass, say } from './points.ts';
import { loadWorld } from './world.ts';

type Activity = (...args: unknown[]) => Promise<unknown>;

/** A call keeps its id in every attempt, also in that of another process. */
const watched = (activities: object): object =>
  Object.fromEntries(
    Object.entries(activities as Record<string, Activity>).map(([name, work]) => [
      name,
      (...args: unknown[]) => {
        const { activityId, workflowExecution } = Context.current().info;
        return inScope({ scope: name, call: `${workflowExecution?.runId} ${activityId}` }, async () => {
          await pass('before');
          const result = await work(...args);
          await pass('after');
          return result;
        });
      },
    ]),
  );

const withPoints = (ports: Ports): Ports => ({
  ...ports,
  files: mined('files', ports.files),
  logs: mined('logs', ports.logs),
  logArchives: mined('logArchives', ports.logArchives),
  logRepair: mined('logRepair', ports.logRepair),
  records: mined('records', ports.records),
  archives: mined('archives', ports.archives),
  commands: mined('commands', ports.commands),
  messenger: mined('messenger', ports.messenger),
  samples: mined('samples', ports.samples),
  sources: mined('sources', ports.sources),
  repositories: (entry) => mined('repository', ports.repositories(entry)),
});

announce();
const { registry, workflows, activities } = await loadWorld(process.argv[2]);
const { OKIAGARI_INVENTORY: file, OKIAGARI_DATA: data, TEMPORAL_ADDRESS: address } = readEnvironment();
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
});
const ports = withPoints(createPorts({ inventory: () => loadInventory(file, registry), data, secret: resolveSecret }));
const worker = await startWorker({
  connection: await NativeConnection.connect({ address: address! }),
  activities: watched(activities(ports, dirname(file))),
  site: 'main',
  workflowBundle: await workflowBundle(workflows === undefined ? {} : { entry: workflows }),
});
say({ says: 'ready' });
await worker.ended;
