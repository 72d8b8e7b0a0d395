/** Real tool stores under a real worker on a real Temporal server: what a scenario test needs to damage and to compare. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import type { Ports } from '../../activities/ports/index.ts';
import { createPorts } from '../../adapters/ports.ts';
import { makeToolStore, type ToolStoreSample } from '../../adapters/playground/tool-store-sample.ts';
import { signDocument } from '../../adapters/signing/ed25519.ts';
import { resolveSecret } from '../../config/environment.ts';
import { scenarioById } from '../../contracts/scenarios.ts';
import type { Backup } from '../../domain/backup.ts';
import { backupId, backupWorkflowId, controlQueue, dryRunWorkflowId, recoveryWorkflowId } from '../../domain/identity.ts';
import type { RecoveryStart } from '../../domain/messages.ts';
import { startStatement } from '../../domain/start-statement.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { startWorker } from '../../worker/run.ts';
import { inventoryOfTheMoment } from './inventory-of-the-moment.ts';
import type { TestObjectStore } from './object-store.ts';
import { createDriver, type RecoveryDriver } from './recovery-driver.ts';
import type { TemporalServer } from './temporal-server.ts';

/** Path → sha256, mode and owner of every regular file below a folder. */
export type Fingerprint = Readonly<Record<string, string>>;

export interface DeclaredTarget {
  readonly id: string;
  recover(start: Partial<RecoveryStart> & { scenario: string }): Promise<string>;
}

export interface Store extends DeclaredTarget {
  readonly root: string;
  readonly repository: string;
  readonly sample: ToolStoreSample;
  /** Absolute path of the n-th tool. */
  tool(n: number): string;
  readonly log: string;
  fingerprint(): Fingerprint;
  takeBackup(kind?: 'full' | 'manual', at?: Date): Promise<Backup>;
  testBackup(backup: string): Promise<Backup>;
  /** Takes a backup and proves it. */
  verifiedBackup(): Promise<Backup>;
}

export interface StoreStack extends RecoveryDriver {
  readonly client: Client;
  readonly inventoryFile: string;
  readonly folder: string;
  readonly data: string;
  /** Makes a store, its repository and its inventory entry; `settings` are YAML fields of the target. */
  store(options?: {
    readonly tools?: number;
    readonly logLines?: number;
    readonly settings?: string | ((sample: ToolStoreSample) => string);
    /** A bucket of this server as a second repository, `<id>-offsite`; its keys lie in files. */
    readonly offsite?: TestObjectStore;
  }): Promise<Store>;
  /** Declares a target of any kind; `fields` are its YAML fields, a line each. With it a repository, where it names one. */
  declare(id: string, fields: string, repository?: { readonly id: string; readonly path: string }): DeclaredTarget;
  stop(): Promise<void>;
}

const people = `
version: 1
locale: en
people:
  - { id: hana, name: Hana, roles: [operator, approver], groups: [operations], token: { env: TOKEN_HANA }, locale: ja, contact: { mail: hana@example.jp } }
  - { id: ren, name: Ren, roles: [operator, approver], groups: [admins], token: { env: TOKEN_REN }, contact: { mail: ren@example.jp } }
  - { id: mio, name: Mio, roles: [approver], groups: [admins], token: { env: TOKEN_MIO } }
  - { id: sora, name: Sora, roles: [operator], token: { env: TOKEN_SORA } }
`;

/** Runs the worker; the file is the inventory of the moment. */
export type RunWorker = (place: { readonly inventoryFile: string; readonly data: string }) => Promise<{ stop(): Promise<void> }>;

/** Addresses of a mail server and of a webhook, through which people are told; the secrets lie in files. */
export interface Channels {
  readonly smtp?: string;
  readonly webhook?: string;
}
export const hookSecret = 'the secret of the hook';

/** With a worker in this process, or with whatever `runWorker` starts; `more` are lines of further people. */
export async function startStoreStack(
  server: TemporalServer,
  runWorker?: RunWorker,
  channels?: Channels,
  more = '',
): Promise<StoreStack> {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
    });
  } catch {
    // Installed by an earlier stack in this process.
  }
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-store-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  const keys = generateKeyPairSync('ed25519');
  writeFileSync(join(data, 'signing-key.pub.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
  const secret = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  // An API that a test starts beside signs with the same key.
  writeFileSync(join(data, 'signing-key.pem'), secret, { mode: 0o600 });
  const notify = channels ? notifyLine(folder, channels) : '';
  const repositories: string[] = [];
  const targets: string[] = [];
  const inventoryFile = join(folder, 'okiagari.yaml');
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  const worker = await (runWorker ?? workerHere(server.address))({ inventoryFile, data });
  let made = 0;
  let dryRuns = 0;

  function declare(id: string, fields: string, repository?: { readonly id: string; readonly path: string }): DeclaredTarget {
    if (repository) repositories.push(`  - { id: ${repository.id}, kind: directory, path: ${repository.path} }`);
    const lines = fields.split('\n').map((line) => `    ${line}\n`);
    targets.push(`  - id: ${id}\n${lines.join('')}`);
    const shelves = repositories.length === 0 ? '' : `repositories:\n${repositories.join('\n')}\n`;
    writeFileSync(inventoryFile, `${people}${more}${notify}${shelves}targets:\n${targets.join('')}`);
    return {
      id,
      async recover(start) {
        const asked = { mode: 'run' as const, reason: 'test', requestedBy: 'hana', input: {}, target: id, ...start };
        const at = new Date().toISOString();
        const whole = { ...asked, proof: { at, signature: signDocument(startStatement(asked, at), secret) } };
        const workflowId = whole.mode === 'run' ? recoveryWorkflowId(id) : dryRunWorkflowId(id, String(++dryRuns));
        await client.workflow.start(scenarioById(whole.scenario)!.workflowType, {
          workflowId,
          taskQueue: controlQueue,
          args: [whole],
          workflowTaskTimeout: '2s',
          staticSummary: `${whole.scenario} of ${id}: ${whole.reason}`,
        });
        return workflowId;
      },
    };
  }

  async function store({
    tools = 12,
    logLines = 200,
    settings = 'agent: none',
    offsite,
  }: Parameters<StoreStack['store']>[0] = {}): Promise<Store> {
    const id = `store-${++made}`;
    const root = join(folder, id);
    const repository = join(folder, `${id}-backups`);
    mkdirSync(repository);
    const sample = await makeToolStore(root, { tools, logLines, seed: made });
    repositories.push(`  - { id: ${id}-backups, kind: directory, path: ${repository} }`);
    const names = [`${id}-backups`];
    if (offsite !== undefined) {
      names.push(`${id}-offsite`);
      repositories.push(await bucketLine(folder, `${id}-offsite`, offsite));
    }
    const fields = typeof settings === 'string' ? settings : settings(sample);
    const declared = declare(id, `kind: tool-store\nroot: ${root}\nrepositories: [${names.join(', ')}]\n${fields}`);
    const common = { target: id, site: 'main' };
    const testBackup = (backup: string): Promise<Backup> =>
      client.workflow.execute('backupTest', {
        workflowId: `backup-test/${backup}`,
        taskQueue: controlQueue,
        workflowTaskTimeout: '2s',
        args: [{ ...common, backup, activity: 'testToolStoreBackup' }],
      });
    const takeBackup = (kind: 'full' | 'manual' = 'full', now = new Date()): Promise<Backup> => {
      const backup = backupId(
        now,
        kind,
        createHash('sha256').update(`${id}${now.toISOString()}${Math.random()}`).digest('hex').slice(0, 6),
      );
      return client.workflow.execute('backup', {
        workflowId: backupWorkflowId(backup),
        taskQueue: controlQueue,
        workflowTaskTimeout: '2s',
        args: [{ ...common, id: backup, kind, startedAt: now.toISOString(), activity: 'takeToolStoreBackup' }],
      });
    };
    return {
      ...declared,
      root,
      repository,
      sample,
      tool: (n) => join(root, sample.tools[n]!.path),
      log: join(root, '.pi/logs/dynamic-tools-audit.jsonl'),
      fingerprint: () => fingerprint(root),
      takeBackup,
      testBackup,
      verifiedBackup: async () => testBackup((await takeBackup()).id),
    };
  }

  return {
    ...createDriver(client, (statement) => signDocument(statement, secret), runWorker ? 180_000 : 100_000),
    client,
    inventoryFile,
    folder,
    data,
    store,
    declare,
    async stop() {
      await worker.stop();
      await connection.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function bucketLine(folder: string, id: string, server: TestObjectStore): Promise<string> {
  const secret = (name: string, value: string): string => {
    writeFileSync(join(folder, `${id}-${name}`), value, { mode: 0o600 });
    return `{ file: ${join(folder, `${id}-${name}`)} }`;
  };
  const keys = `accessKeyId: ${secret('key', server.accessKeyId)}, secretAccessKey: ${secret('secret', server.secretAccessKey)}`;
  return `  - { id: ${id}, kind: s3, endpoint: "${server.endpoint}", bucket: ${await server.bucket({ versions: true })}, ${keys} }`;
}

function notifyLine(folder: string, { smtp, webhook }: Channels): string {
  const secret = (name: string, value: string): string => {
    writeFileSync(join(folder, name), value, { mode: 0o600 });
    return `{ file: ${join(folder, name)} }`;
  };
  const mail = smtp === undefined ? '' : `smtp: { url: ${secret('smtp-url', smtp)}, from: okiagari@example.jp }, `;
  const hook =
    webhook === undefined
      ? ''
      : `{ id: chat, url: ${secret('hook-url', webhook)}, secret: ${secret('hook-secret', hookSecret)} }`;
  return `notify: { ${mail}webhooks: [${hook}] }\n`;
}

/** A worker in this process; `wrap` puts something else in the place of a part of the world, `around` in that of activities. */
export const workerHere =
  (
    address: string,
    wrap = (ports: Ports): Ports => ports,
    around = (activities: object): object => activities,
    site = 'main',
  ): RunWorker =>
  async ({ inventoryFile, data }) => {
    const connection = await NativeConnection.connect({ address });
    const worker = await startWorker({
      connection,
      activities: around(
        createActivities(wrap(createPorts({ inventory: inventoryOfTheMoment(inventoryFile), data, secret: resolveSecret }))),
      ),
      site,
      workflowBundle: await workflowBundle(),
    });
    return {
      async stop() {
        await worker.stop();
        await connection.close();
      },
    };
  };

/** Fingerprint of a folder; a missing one has no files. */
export function fingerprint(folder: string): Fingerprint {
  const files: Record<string, string> = {};
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) {
        const { mode, uid, gid } = statSync(path);
        files[relative(folder, path)] =
          `${createHash('sha256').update(readFileSync(path)).digest('hex')} ${(mode & 0o7777).toString(8)} ${uid}:${gid}`;
      } else files[relative(folder, path)] = 'not a regular file';
    }
  };
  try {
    walk(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return files;
}
