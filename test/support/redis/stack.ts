/** Real Redis servers as targets under a real worker on a real Temporal server. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signDocument } from '../../../adapters/signing/ed25519.ts';
import { scenarioById } from '../../../contracts/scenarios.ts';
import type { Backup } from '../../../domain/backup.ts';
import { backupId, backupWorkflowId, controlQueue, dryRunWorkflowId, recoveryWorkflowId } from '../../../domain/identity.ts';
import type { RecoveryStart } from '../../../domain/messages.ts';
import { startStatement } from '../../../domain/start-statement.ts';
import { startStoreStack, type RunWorker, type StoreStack } from '../store-stack.ts';
import type { TemporalServer } from '../temporal-server.ts';
import { foldersBeside } from './backed-up.ts';
import { startRedisServers, type TestRedisServers } from './server.ts';

export interface RedisBed extends TestRedisServers {
  readonly id: string;
  recover(start?: Partial<RecoveryStart>): Promise<string>;
  takeBackup(): Promise<Backup>;
  /** Empty where it is not backed up. */
  readonly scratch: string;
}

export interface RedisStack extends Omit<StoreStack, 'store'> {
  /** Starts servers and declares them; `declare` makes the target's fields of them. */
  cache(options?: {
    readonly replicas?: number;
    readonly declare?: (servers: TestRedisServers) => Readonly<Record<string, unknown>>;
    readonly isTls?: boolean;
    /** With a repository and a scratch folder of its own, and no schedules. */
    readonly isBackedUp?: boolean;
  }): Promise<RedisBed>;
}

const noSchedules = { full: { every: 'none' }, test: { at: 'none', each: false } };
const onlyNodes = ({ controlled }: TestRedisServers): Readonly<Record<string, unknown>> => ({ nodes: controlled });

const people = [
  { id: 'hana', name: 'Hana', roles: ['operator', 'approver'], token: { env: 'TOKEN_HANA' } },
  { id: 'ren', name: 'Ren', roles: ['operator', 'approver'], token: { env: 'TOKEN_REN' } },
  { id: 'mio', name: 'Mio', roles: ['approver'], token: { env: 'TOKEN_MIO' } },
  { id: 'sora', name: 'Sora', roles: ['operator'], token: { env: 'TOKEN_SORA' } },
];

export async function startRedisStack(server: TemporalServer, runWorker?: RunWorker): Promise<RedisStack> {
  const stack = await startStoreStack(server, runWorker);
  const targets: object[] = [];
  const repositories: object[] = [];
  const beds: TestRedisServers[] = [];
  const secret = join(stack.folder, 'redis-password');
  const key = readFileSync(join(stack.data, 'signing-key.pem'), 'utf8');
  let dryRuns = 0;

  return {
    ...stack,
    async cache({ replicas = 1, declare = onlyNodes, isTls = false, isBackedUp = false } = {}) {
      const servers = await startRedisServers({ replicas, isTls });
      beds.push(servers);
      const id = `cache-${beds.length}`;
      writeFileSync(secret, servers.password, { mode: 0o600 });
      const { scratch, repository } = isBackedUp ? foldersBeside(servers.servers[0]!) : { scratch: '', repository: '' };
      if (isBackedUp) repositories.push({ id: `${id}-vault`, kind: 'directory', path: repository });
      const backup = { repositories: [`${id}-vault`], scratch, times: noSchedules };
      targets.push({
        ...{ id, kind: 'redis', login: { password: { file: secret } }, tls: servers.tls },
        ...declare(servers),
        ...(isBackedUp && { backup }),
      });
      // JSON is YAML.
      const shelves = repositories.length === 0 ? {} : { repositories };
      writeFileSync(stack.inventoryFile, JSON.stringify({ version: 1, locale: 'en', people, ...shelves, targets }));
      return {
        ...servers,
        id,
        scratch,
        takeBackup() {
          const at = new Date();
          const backupName = backupId(at, 'full', randomBytes(3).toString('hex'));
          const order = { target: id, site: 'main', id: backupName, kind: 'full', startedAt: at.toISOString() };
          return stack.client.workflow.execute('backup', {
            ...{ workflowId: backupWorkflowId(backupName), taskQueue: controlQueue, workflowTaskTimeout: '2s' },
            args: [{ ...order, activity: 'takeRedisBackup' }],
          });
        },
        async recover(start = {}) {
          const asked = {
            ...{ scenario: 'redis-failover', mode: 'run' as const, reason: 'test', requestedBy: 'hana', input: {}, target: id },
            ...start,
          };
          const at = new Date().toISOString();
          const whole = { ...asked, proof: { at, signature: signDocument(startStatement(asked, at), key) } };
          const workflowId = whole.mode === 'run' ? recoveryWorkflowId(id) : dryRunWorkflowId(id, String(++dryRuns));
          await stack.client.workflow.start(scenarioById(whole.scenario)!.workflowType, {
            ...{ workflowId, taskQueue: controlQueue, args: [whole], workflowTaskTimeout: '2s' },
            staticSummary: `${whole.scenario} of ${id}: ${whole.reason}`,
          });
          return workflowId;
        },
      };
    },
    async stop() {
      await stack.stop();
      await Promise.all(beds.map((bed) => bed.stop()));
    },
  };
}
