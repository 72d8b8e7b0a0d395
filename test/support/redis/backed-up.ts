/** Real Redis servers that declare backups, with a scratch folder and a repository. */
import { chownSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import type { BackedUpServers } from '../../../activities/ports/redis-backups.ts';
import type { ReadSecret } from '../../../adapters/secrets.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import type { RedisSettings } from '../../../contracts/redis-settings.ts';
import { secretsOf, type WorkOrder } from '../backups/victim.ts';
import { startRedisServers, type TestRedis, type TestRedisServers } from './server.ts';

export interface BackedUpRedisBed extends TestRedisServers {
  readonly master: TestRedis;
  readonly folder: string;
  readonly inventory: Inventory;
  /** As the port takes it. */
  readonly settings: BackedUpServers;
  readonly scratch: string;
  readonly repository: string;
  readonly secret: ReadSecret;
  readonly secrets: WorkOrder['secrets'];
}

export interface RedisBedOptions {
  readonly replicas?: number;
  /** Ids of the nodes whose machine is declared; all when left out. */
  readonly controlled?: readonly string[];
  readonly expectedKeys?: RedisSettings['expectedKeys'];
}

export async function startBackedUpRedis(options: RedisBedOptions = {}): Promise<BackedUpRedisBed> {
  const { replicas = 0, controlled = ['a', 'b', 'c'], expectedKeys = [] } = options;
  const servers = await startRedisServers({ replicas });
  const master = servers.servers[0]!;
  const folder = dirname(master.folder);
  const { scratch, repository } = foldersBeside(master);
  const nodes = servers.controlled.map(({ control, ...node }) => (controlled.includes(node.id) ? { ...node, control } : node));
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    repositories: [{ id: 'vault', kind: 'directory', path: repository }],
    targets: [
      {
        id: 'cache',
        kind: 'redis',
        nodes,
        login: { password: { env: 'REDIS' } },
        expectedKeys,
        backup: { repositories: ['vault'], scratch },
      },
    ],
  }) as Inventory;
  const settings = inventory.targets[0] as unknown as RedisSettings & BackedUpServers;
  const secrets = { REDIS: servers.password };
  return { ...servers, ...{ master, folder, inventory, settings, scratch, repository, secrets, secret: secretsOf({ secrets }) } };
}

/** For restored servers and for backups, beside the servers' own. */
export function foldersBeside({ folder: data }: TestRedis): { readonly scratch: string; readonly repository: string } {
  const { uid, gid } = statSync(data);
  const folderOf = (name: string): string => {
    const made = join(dirname(data), name);
    mkdirSync(made);
    if (process.getuid?.() === 0) chownSync(made, uid, gid);
    return made;
  };
  return { scratch: folderOf('scratch'), repository: folderOf('repository') };
}
