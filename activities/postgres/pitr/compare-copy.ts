/** How the restored copy differs from the database in use: the whole goes into a record, one sentence to people. */
import { digestBeside } from '../../../domain/digest.ts';
import { tellDifference, type Difference } from '../../../domain/postgres/difference.ts';
import { isLive, isPrimary, isStandby } from '../../../domain/postgres/node-report.ts';
import { backedUpPostgres, type BackedUpPostgres } from '../../postgres-backups/target.ts';
import type { Ports } from '../../ports/index.ts';
import { checkedName } from '../../records/checked-name.ts';
import { keepWholePlan, readWholePlan } from '../../records/plans.ts';
import { nodeOf } from '../target.ts';
import type { Comparison } from './interface.ts';
import { openCopy } from './restored-copy.ts';

interface ComparisonRecord extends Difference {
  readonly target: string;
  readonly digest: string;
}

export async function compareCopy(
  ports: Ports,
  input: { readonly target: string; readonly recovery: string },
  signal?: AbortSignal,
): Promise<Comparison> {
  const target = backedUpPostgres(ports, input.target);
  const reports = await Promise.all(target.nodes.map((node) => ports.postgres.look(node, target, signal)));
  const [primary, ...others] = reports.filter(isPrimary);
  if (primary === undefined || others.length > 0) return nothingToCompare;
  const copy = await ports.scratchServers.start(target, await openCopy(ports, target), signal);
  const difference = await ports.postgres.compare(nodeOf(target, primary.node), copy, target, signal);
  const open = { ...difference, target: target.id, digest: '' };
  const record = { ...open, digest: digestBeside(open) };
  const ref = await keepWholePlan(ports.records, checkedName(input.recovery), record);
  const restored = await ports.postgres.look(copy, target, signal);
  const last = isStandby(restored) ? restored.role.lastCommitAt : null;
  const backMs = last !== null && isLive(primary) ? Date.parse(primary.at) - Date.parse(last) : undefined;
  return { ref, sentence: tellDifference(difference), ...(backMs !== undefined && { backMs }) };
}

const nothingToCompare: Comparison = {
  sentence: {
    en: 'There is no one primary that the restored copy could be compared with.',
    ja: '復元した複製と比較できるプライマリがありません。',
  },
};

/** Fails: plan-changed. */
export async function readDifference(ports: Ports, { id }: BackedUpPostgres, ref: string): Promise<Difference> {
  const { tables, schema, unseen } = await readWholePlan<ComparisonRecord>(ports.records, ref, id, 'tables');
  return { tables, schema, unseen };
}
