/** A real cluster with the backup tool that a test wants, its roles, its scratch folder, and a repository. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackedUpCluster } from '../../../activities/ports/postgres-backups.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import type { PostgresSettings } from '../../../contracts/postgres-settings.ts';
import type { ReadSecret } from '../../../adapters/secrets.ts';
import { secretsOf, type WorkOrder } from '../backups/victim.ts';
import { passwords, startCluster, type TestCluster } from './cluster.ts';
import { giveToOwner, runAsPostgres, type TestServer } from './server.ts';

export type Tool = 'pgbackrest' | 'base-backup';
export const tools: readonly Tool[] = ['pgbackrest', 'base-backup'];

export interface BackedUp extends TestCluster {
  readonly tool: Tool;
  readonly primary: TestServer;
  readonly inventory: Inventory;
  /** As the port takes it. */
  readonly settings: BackedUpCluster;
  readonly scratch: string;
  /** Of the inventory. */
  readonly repository: string;
  /** Where pgBackRest keeps its own. */
  readonly ownRepository: string;
  /** What the inventory calls a secret. */
  readonly secret: ReadSecret;
  readonly secrets: WorkOrder['secrets'];
}

export interface BedOptions {
  readonly isTls?: boolean;
  /** None when left out. */
  readonly standbys?: number;
  /** Lines that say where pgBackRest keeps its own; a folder of the bed when left out. */
  readonly pgBackRestRepository?: string;
  /** Further repositories of the inventory, named after `vault`. */
  readonly repositories?: readonly { readonly id: string }[];
}

export async function startBackedUp(tool: Tool, options: BedOptions = {}): Promise<BackedUp> {
  const { pgBackRestRepository, repositories = [], standbys = 0, isTls = false } = options;
  const cluster = await startCluster({ standbys, isTls });
  const [primary] = cluster.servers as [TestServer];
  const folderOf = (name: string): string => {
    const folder = join(cluster.folder, name);
    mkdirSync(folder);
    giveToOwner(folder);
    return folder;
  };
  const [scratch, repository, ownRepository] = [folderOf('scratch'), folderOf('repository'), folderOf('pgbackrest')];
  await primary.sql('grant pg_read_all_data to okiagari');
  await primary.sql('grant execute on function pg_create_restore_point(text), pg_switch_wal() to okiagari');
  const config = join(cluster.folder, 'pgbackrest.conf');
  if (tool === 'pgbackrest') {
    writeFileSync(config, pgBackRestConfig(cluster, pgBackRestRepository ?? `repo1-path=${ownRepository}`));
    giveToOwner(config);
    const stanza = ['--config', config, '--stanza', 'main'];
    await runAsPostgres('/usr/bin/pgbackrest', [...stanza, 'stanza-create']).catch(async (error: unknown) => {
      await cluster.stop();
      throw error;
    });
    primary.set({ archive_command: `pgbackrest --config=${config} --stanza=main archive-push %p` });
    await primary.sql('select pg_reload_conf()');
  }
  const inventory = inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'TOKEN' } }],
    repositories: [{ id: 'vault', kind: 'directory', path: repository }, ...repositories],
    targets: [
      {
        id: 'db',
        kind: 'postgres',
        nodes: cluster.nodes,
        tls: cluster.tls,
        roles: {
          control: { user: 'okiagari', password: { env: 'PG_CONTROL' } },
          replication: { user: 'repl', password: { env: 'PG_REPLICATION' } },
        },
        backup: {
          tool: tool === 'pgbackrest' ? { kind: tool, stanza: 'main', config } : { kind: tool, wal: cluster.archive },
          repositories: ['vault', ...repositories.map(({ id }) => id)],
          scratch,
        },
      },
    ],
  }) as Inventory;
  const settings = inventory.targets[0] as unknown as PostgresSettings & BackedUpCluster;
  return {
    ...cluster,
    ...{ tool, primary, inventory, settings, scratch, repository, ownRepository },
    ...{ secrets, secret: secretsOf({ secrets }) },
  };
}

const secrets = { PG: passwords.control, PG_CONTROL: passwords.control, PG_REPLICATION: passwords.replication };

const pgBackRestConfig = ({ folder, nodes: [node] }: TestCluster, repository: string): string => `[global]
${repository}
repo1-retention-full=9999
lock-path=${folder}/lock
spool-path=${folder}/spool
log-level-file=off
start-fast=y
archive-timeout=30
process-max=2
compress-type=zst
job-retry=0

[main]
pg1-path=${node!.control!.data}
pg1-port=${node!.port}
pg1-socket-path=${folder}
pg1-user=postgres
`;
