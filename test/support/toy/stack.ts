/** A worker for the toys on a real Temporal server, and the few calls that tests make. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createKernelActivities } from '../../../activities/kernel.ts';
import { createDirectoryRecords } from '../../../adapters/files/directory-records.ts';
import { parseInventory } from '../../../config/inventory.ts';
import type { Inventory } from '../../../contracts/inventory.ts';
import { backupWorkflowId, controlQueue, dryRunWorkflowId, recoveryWorkflowId, siteQueue } from '../../../domain/identity.ts';
import { decideUpdate, ledgerQuery, statusQuery, type DecisionAnswer, type RecoveryStart } from '../../../domain/messages.ts';
import type { Decision, LedgerEntry, RecoveryState, Waiting } from '../../../domain/recovery.ts';
import {
  phaseAttribute,
  scenarioAttribute,
  siteAttribute,
  statusAttribute,
  targetAttribute,
} from '../../../domain/search-attributes.ts';
import { workflowBundle } from '../../../worker/bundle.ts';
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

export interface ToyStack {
  readonly world: ToyWorld;
  readonly client: Client;
  readonly records: ReturnType<typeof createDirectoryRecords>;
  start(start: Partial<RecoveryStart> & { scenario: string; target: string }): Promise<string>;
  state(workflowId: string): Promise<RecoveryState>;
  ledger(workflowId: string): Promise<readonly LedgerEntry[]>;
  /** Waits until the state satisfies; throws with the last state after 20 s. */
  until(workflowId: string, satisfies: (state: RecoveryState) => boolean): Promise<RecoveryState>;
  /** Waits for a gate whose name begins so. */
  gate(workflowId: string, name: string): Promise<Waiting>;
  decide(
    workflowId: string,
    gate: Waiting,
    by: string,
    decision: Decision,
    more?: { digest?: string; input?: unknown; recovery?: string },
  ): Promise<DecisionAnswer>;
  result(workflowId: string): Promise<RecoveryState>;
  startBackup(target: string, id: string): Promise<WorkflowHandle>;
  startWorker(): Promise<Worker>;
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
  const kernel = createKernelActivities(
    { inventory: () => inventory, records, isSigned: (_, signature) => signature === 'signed' },
    { scenarios: toyScenarios, kinds: toyKinds },
  );
  const connection = await Connection.connect({ address: server.address });
  const native = await NativeConnection.connect({ address: server.address });
  const client = new Client({ connection });
  const bundle = await workflowBundle({ entry: fileURLToPath(new URL('./workflows.ts', import.meta.url)) });

  let workers: { worker: Worker; run: Promise<void> }[] = [];
  const startWorker = async (): Promise<Worker> => {
    const activities = { ...kernel, ...createToyActivities(world) };
    for (const options of [
      { taskQueue: controlQueue, workflowBundle: bundle, stickyQueueScheduleToStartTimeout: '1s' as const },
      { taskQueue: siteQueue('main') },
    ]) {
      const worker = await Worker.create({ connection: native, activities, ...options });
      workers.push({ worker, run: worker.run() });
    }
    return workers[0]!.worker;
  };
  const stopWorker = async (): Promise<void> => {
    for (const { worker } of workers) worker.shutdown();
    await Promise.all(workers.map(({ run }) => run));
    workers = [];
  };
  await startWorker();

  let dryRuns = 0;
  const handle = (workflowId: string) => client.workflow.getHandle(workflowId);
  const state = (workflowId: string) => handle(workflowId).query(statusQuery);
  const until: ToyStack['until'] = async (workflowId, satisfies) => {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const now = await state(workflowId);
      if (satisfies(now)) return now;
      if (Date.now() > deadline) throw new Error(`Never so: ${JSON.stringify(now, undefined, 1)}`);
      await delay(25);
    }
  };
  return {
    world,
    client,
    records,
    async start(start) {
      const whole = { mode: 'run' as const, reason: 'test', requestedBy: 'hana', input: {}, ...start };
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
    state,
    ledger: (workflowId) => handle(workflowId).query(ledgerQuery, 0),
    until,
    async gate(workflowId, name) {
      const now = await until(workflowId, ({ waitingFor }) => waitingFor.some(({ gate }) => gate.startsWith(name)));
      return now.waitingFor.find(({ gate }) => gate.startsWith(name))!;
    },
    async decide(workflowId, gate, by, decision, more = {}) {
      const { id } = await state(workflowId);
      const statement = {
        recovery: id,
        gate: gate.gate,
        digest: gate.digest,
        decision,
        by,
        at: new Date().toISOString(),
        reason: 'test',
        ...more,
      };
      return handle(workflowId).executeUpdate(decideUpdate, { args: [{ statement, signature: 'signed' }] });
    },
    result: (workflowId) => handle(workflowId).result() as Promise<RecoveryState>,
    startWorker,
    stopWorker,
    async stop() {
      await stopWorker();
      await connection.close();
      await native.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
