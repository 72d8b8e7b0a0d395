/** The worker as a process that says where it is: before and after each activity, and after each effect within. */
import { dirname } from 'node:path';
import { Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Ports } from '../../../activities/ports/index.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { readEnvironment, resolveSecret } from '../../../config/environment.ts';
import { workflowBundle } from '../../../worker/bundle.ts';
import { startWorker } from '../../../worker/run.ts';
import { inventoryOfTheMoment } from '../inventory-of-the-moment.ts';
import { announce, inScope, mined, pass, sayReady } from './points.ts';
import type { World } from './world.ts';

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
  redis: mined('redis', ports.redis),
  redisControl: mined('redisControl', ports.redisControl),
  dnsZones: mined('dnsZones', ports.dnsZones, (method) => method === 'update'),
  traffic: mined('traffic', ports.traffic),
  protection: mined('protection', ports.protection),
  scratchRedis: mined('scratchRedis', ports.scratchRedis, (method) => method === 'serve'),
  samples: mined('samples', ports.samples),
  sources: mined('sources', ports.sources),
  postgres: mined('postgres', ports.postgres, (method) => ['promote', 'keepSlot', 'dropUnusedSlots'].includes(method)),
  patroni: mined('patroni', ports.patroni, (method) => method === 'lead'),
  nodeControl: mined('nodeControl', ports.nodeControl, (method) => ['fence', 'unfence', 'start'].includes(method)),
  standbySetup: mined('standbySetup', ports.standbySetup),
  dataExchange: mined('dataExchange', ports.dataExchange, (method) => ['exchange', 'takeBack', 'settle'].includes(method)),
  postgresBackups: mined('postgresBackups', ports.postgresBackups, (method) => method === 'restore'),
  scratchServers: mined('scratchServers', ports.scratchServers, (method) => ['aim', 'stop'].includes(method)),
  repositories: (entry) => mined('repository', ports.repositories(entry)),
});

/** Ends with its process. */
export async function serve({ registry, workflows, activities }: World): Promise<void> {
  announce();
  const { OKIAGARI_INVENTORY: file, OKIAGARI_DATA: data, TEMPORAL_ADDRESS: address } = readEnvironment();
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  const ports = withPoints(createPorts({ inventory: inventoryOfTheMoment(file, registry), data, secret: resolveSecret }));
  const worker = await startWorker({
    connection: await NativeConnection.connect({ address: address! }),
    activities: watched(activities(ports, dirname(file))),
    site: 'main',
    workflowBundle: await workflowBundle(workflows === undefined ? {} : { entry: workflows }),
  });
  sayReady();
  await worker.ended;
}
