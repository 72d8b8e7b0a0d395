/** A real cluster as the inventory declares it. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backup } from '../../../domain/backup.ts';
import { backupId, backupWorkflowId, controlQueue } from '../../../domain/identity.ts';
import type { DeclaredTarget, StoreStack } from '../store-stack.ts';
import type { BackedUp } from './backed-up.ts';
import type { TestCluster } from './cluster.ts';

let declared = 0;

interface Declaration {
  /** Further fields of the target, a line each. */
  readonly more?: string;
  /** In place of those of the cluster. */
  readonly nodes?: readonly object[];
  /** Folder of a repository that it has to itself. */
  readonly repository?: string;
}

export function declareCluster(
  { folder, declare }: Pick<StoreStack, 'folder' | 'declare'>,
  cluster: Pick<TestCluster, 'nodes' | 'roles' | 'secret' | 'tls'>,
  { more = '', nodes = cluster.nodes, repository }: Declaration = {},
): DeclaredTarget {
  const id = `db-${++declared}`;
  const roles = Object.entries(cluster.roles).map(([name, { user, password }]) => {
    const file = join(folder, `${id}-${name}`);
    writeFileSync(file, cluster.secret(password)!, { mode: 0o600 });
    return `${name}: { user: ${user}, password: { file: ${file} } }`;
  });
  // JSON is YAML.
  const lines = [
    `kind: postgres`,
    `nodes: ${JSON.stringify(nodes)}`,
    `roles: { ${roles.join(', ')} }`,
    ...(cluster.tls ? [`tls: ${JSON.stringify(cluster.tls)}`] : []),
    ...(more === '' ? [] : [more]),
  ];
  return declare(id, lines.join('\n'), repository === undefined ? undefined : { id: `${id}-vault`, path: repository });
}

export interface BackedUpTarget extends DeclaredTarget {
  takeBackup(): Promise<Backup>;
}

/** With the tool, the scratch folder and the repository of its bed. */
export function declareBackedUp(
  stack: StoreStack,
  bed: BackedUp,
  { more = '', ...declaration }: Pick<Declaration, 'more' | 'nodes'> = {},
): BackedUpTarget {
  const { tool, scratch } = bed.settings.backup;
  const backup = JSON.stringify({ tool, scratch, repositories: [`db-${declared + 1}-vault`], times: noSchedules });
  const target = declareCluster(stack, bed, {
    ...declaration,
    more: `backup: ${backup}\n${more}`.trim(),
    repository: bed.repository,
  });
  return {
    ...target,
    takeBackup() {
      const at = new Date();
      const id = backupId(at, 'full', randomBytes(3).toString('hex'));
      return stack.client.workflow.execute('backup', {
        workflowId: backupWorkflowId(id),
        taskQueue: controlQueue,
        workflowTaskTimeout: '2s',
        args: [
          { target: target.id, site: 'main', id, kind: 'full', startedAt: at.toISOString(), activity: 'takePostgresBackup' },
        ],
      });
    },
  };
}

const noSchedules = { full: { at: 'none' }, incremental: { every: 'none' }, test: { at: 'none', each: false } };
