/** A worker for the toys on a real Temporal server, and the few calls that tests make. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createKernelActivities } from '../../../activities/kernel.ts';
import { createDirectoryRecords } from '../../../adapters/files/directory-records.ts';
import { parseInventory } from '../../../config/inventory.ts';
import type { Inventory } from '../../../contracts/inventory.ts';
import { backupWorkflowId, controlQueue, dryRunWorkflowId, recoveryWorkflowId } from '../../../domain/identity.ts';
import type { Notification, Told } from '../../../domain/notification.ts';
import type { RecoveryStart } from '../../../domain/messages.ts';
import {
  phaseAttribute,
  scenarioAttribute,
  siteAttribute,
  statusAttribute,
  targetAttribute,
} from '../../../domain/search-attributes.ts';
import { workflowBundle } from '../../../worker/bundle.ts';
import { startWorker, type RunningWorker } from '../../../worker/run.ts';
import { createMemoryMessenger, type MemoryMessenger } from '../memory-messenger.ts';
import { createDriver, type RecoveryDriver } from '../recovery-driver.ts';
import type { TemporalServer } from '../temporal-server.ts';
import { createToyActivities, toyKinds, toyScenarios, ToyWorld } from './kind.ts';

const people = `
version: 1
locale: en
people:
  - { id: hana, name: Hana, roles: [operator, approver], groups: [operations], token: { env: A } }
  - { id: ren, name: Ren, roles: [operator, approver], groups: [admins], token: { env: B } }
  - { id: mio, name: Mio, roles: [approver], groups: [admins], token: { env: C } }
  - { id: sora, name: Sora, roles: [operator], token: { env: D } }
approvals: { acceptUnsignedSignals: true }
targets:
`;

export interface ToyStack extends RecoveryDriver {
  readonly world: ToyWorld;
  readonly client: Client;
  readonly records: ReturnType<typeof createDirectoryRecords>;
  /** What people were told, as far as the inventory has channels. */
  readonly messenger: MemoryMessenger;
  start(start: Partial<RecoveryStart> & { scenario: string; target: string }): Promise<string>;
  startBackup(target: string, id: string): Promise<WorkflowHandle>;
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** `targets` are lines of YAML below `targets:`; signatures count when their text is `signed`. */
export async function startToyStack(server: TemporalServer, targets: string): Promise<ToyStack> {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
    });
  } catch {
    // Installed by an earlier stack in this process.
  }
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-toy-'));
  const world = new ToyWorld(folder);
  const records = createDirectoryRecords(join(folder, 'records'));
  const inventory: Inventory = parseInventory(people + targets, join(folder, 'okiagari.yaml'), {
    kinds: toyKinds,
    scenarios: toyScenarios,
  });
  const messenger = createMemoryMessenger();
  const kernel = createKernelActivities(
    { inventory: () => inventory, records, isSigned: (_, signature) => signature.startsWith('signed'), messenger },
    { scenarios: toyScenarios, kinds: toyKinds },
  );
  const connection = await Connection.connect({ address: server.address });
  const native = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection });
  const bundle = await workflowBundle({ entry: fileURLToPath(new URL('./workflows.ts', import.meta.url)) });

  let worker: RunningWorker | undefined;
  const startToyWorker = async (): Promise<void> => {
    worker = await startWorker({
      connection: native,
      activities: {
        ...kernel,
        ...createToyActivities(world),
        announce(notification: Notification): Promise<Told> {
          world.told.push(notification);
          return Promise.resolve({ reached: [], failed: [] });
        },
      },
      site: 'main',
      workflowBundle: bundle,
    });
  };
  const stopWorker = async (): Promise<void> => worker?.stop();
  await startToyWorker();

  let starts = 0;
  let dryRuns = 0;
  return {
    ...createDriver(client, () => 'signed'),
    world,
    client,
    records,
    messenger,
    async start(start) {
      const proof = { at: new Date().toISOString(), signature: `signed start ${++starts}` };
      const whole = { mode: 'run' as const, reason: 'test', requestedBy: 'hana', input: {}, proof, ...start };
      const workflowId =
        whole.mode === 'run' ? recoveryWorkflowId(whole.target) : dryRunWorkflowId(whole.target, String(++dryRuns));
      const type = toyScenarios.find(({ id }) => id === whole.scenario)!.workflowType;
      await client.workflow.start(type, {
        workflowId,
        taskQueue: controlQueue,
        args: [whole],
        workflowTaskTimeout: '2s',
        // As the API does it.
        staticSummary: `${whole.scenario} of ${whole.target}: ${whole.reason}`,
        typedSearchAttributes: [
          { key: scenarioAttribute, value: whole.scenario },
          { key: targetAttribute, value: whole.target },
          { key: statusAttribute, value: 'running' },
          { key: phaseAttribute, value: 'begin' },
          { key: siteAttribute, value: 'main' },
        ],
      });
      return workflowId;
    },
    startBackup: (target, id) =>
      client.workflow.start('backup', {
        workflowId: backupWorkflowId(id),
        taskQueue: controlQueue,
        args: [{ target, site: 'main', id, kind: 'full', startedAt: new Date().toISOString(), activity: 'takeToy' }],
        workflowTaskTimeout: '2s',
      }),
    startWorker: startToyWorker,
    stopWorker,
    async stop() {
      await stopWorker();
      await connection.close();
      await native.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
