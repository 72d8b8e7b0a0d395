/** A target's backups under a real Temporal server, with a worker in a process of its own that can be killed at any moment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { keepSchedules } from '../../../api/schedules/keep.ts';
import type { Gateway } from '../../../api/gateway.ts';
import { createTemporalGateway } from '../../../api/temporal-gateway.ts';
import type { Inventory } from '../../../contracts/inventory.ts';
import { kinds, type BackupActivities } from '../../../contracts/kinds.ts';
import type { Backup } from '../../../domain/backup.ts';
import { createMemoryRecords } from '../memory-records.ts';
import { startTemporalServer } from '../temporal-server.ts';
import type { WorkOrder } from './victim.ts';

const workerFile = fileURLToPath(new URL('./worker.ts', import.meta.url));
export const soon = { timeout: 50_000 };

/** The one target of its inventory. */
export interface Bed extends Pick<WorkOrder, 'secrets'> {
  readonly inventory: Inventory;
  readonly folder: string;
  readonly scratch: string;
  stop(): Promise<void>;
}

export interface BackupStack<B extends Bed> {
  readonly bed: B;
  readonly gateway: Gateway;
  readonly names: BackupActivities;
  startWorker(): void;
  /** Twice is fine. */
  killWorker(): Promise<void>;
  /** Starts one of the workflows of backups with whatever it takes beside target and site. */
  begin(type: 'backup' | 'backupTest', workflowId: string, args: object): Promise<void>;
  untilCompleted(workflowId: string): Promise<void>;
  list(): Promise<readonly Backup[]>;
  /** Folders of jobs below the scratch folder. */
  jobs(): string[];
  keepSchedules(inventory: object): Promise<void>;
  stop(): Promise<void>;
}

export async function startBackupStack<B extends Bed>(startBed: () => Promise<B>): Promise<BackupStack<B>> {
  const [server, bed] = await Promise.all([startTemporalServer(), startBed()]);
  const { inventory, secrets, folder } = bed;
  const target = inventory.targets[0]!;
  const names = kinds[target.kind]!.backups!;
  const common = { target: target.id, site: 'main' };
  const gateway = createTemporalGateway({ address: server.address });
  const records = createMemoryRecords();
  const data = join(folder, 'data');
  mkdirSync(data);
  const order = join(folder, 'worker.json');
  writeFileSync(order, JSON.stringify({ inventory, secrets, data, address: server.address }), { mode: 0o600 });
  let worker: ChildProcess | undefined;
  const killWorker = async (): Promise<void> => {
    if (worker === undefined || worker.exitCode !== null || worker.signalCode !== null) return;
    const gone = once(worker, 'exit');
    worker.kill('SIGKILL');
    await gone;
  };
  return {
    ...{ bed, gateway, names, killWorker },
    startWorker() {
      worker = spawn(process.execPath, [workerFile, order], { stdio: ['ignore', 'inherit', 'inherit'] });
    },
    async begin(type, workflowId, args) {
      const attributes = { target: target.id, status: 'running', site: 'main' } as const;
      await gateway.start({ type, workflowId, args: [{ ...common, ...args }], summary: type, memo: {}, attributes });
    },
    untilCompleted: (workflowId) => expect.poll(async () => (await gateway.describe(workflowId))?.state, soon).toBe('completed'),
    list: async () =>
      (await gateway.ask(
        { type: 'ask', workflowId: `ask/${target.id}/${Math.random()}`, args: [{ ...common, activity: names.list }] },
        20_000,
      )) as readonly Backup[],
    jobs: () => readdirSync(bed.scratch).map((name) => join(bed.scratch, name)),
    async keepSchedules(wanted) {
      const round = () => keepSchedules({ gateway, records, kinds, inventory: () => wanted as Inventory });
      // On a busy machine Temporal may be late; the API tries again as well.
      await expect.poll(() => round().then(() => 'kept', String), soon).toBe('kept');
    },
    async stop() {
      await killWorker();
      await gateway.close();
      await Promise.all([bed.stop(), server.stop()]);
    },
  };
}
