/** Where the programs of a cluster are on this machine, and as whom they run. */
import { realpath, stat } from 'node:fs/promises';
import type { BackedUpCluster } from '../../activities/ports/postgres-backups.ts';
import { fail } from '../../domain/fail.ts';
import { isMissing } from '../files/inside.ts';
import type { Owner } from '../process/run-as-owner.ts';

export interface ClusterPrograms {
  /** Folder of `postgres` and its like. */
  readonly bin: string;
  readonly owner: Owner;
}

/**
 * The owner of a data directory; where none is left on this machine, of what the backup tool keeps there. Fails:
 * backup-tool-failed.
 */
export async function clusterPrograms({ nodes, backup: { tool } }: BackedUpCluster): Promise<ClusterPrograms> {
  const controls = nodes.flatMap(({ control }) => (control?.kind === 'local' ? control : []));
  const kept = tool.kind === 'pgbackrest' ? tool.config : tool.wal;
  for (const path of [...controls.map(({ data }) => data), kept]) {
    const owner = await ownerOf(path);
    const [{ bin } = { bin: undefined }] = controls.filter(({ data }) => data === path).concat(controls);
    if (owner && bin !== undefined) return { bin, owner };
  }
  throw fail('backup-tool-failed', {
    en: 'No node of the cluster has its data directory (`control`) on this machine: nobody is there to run the backup tool as.',
    ja: 'このマシンにデータディレクトリ(`control`)を持つノードがなく、バックアップツールを実行できません。',
  });
}

async function ownerOf(path: string): Promise<Owner | undefined> {
  try {
    const { uid, gid } = await stat(await realpath(path));
    return { uid, gid };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
