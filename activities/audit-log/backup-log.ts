/** Brings the audit log of a backup into our own folder, and merges it with what the live log still has. */
import { mostLines, type MergeCounts } from '../../domain/audit-log/merge.ts';
import { addCounts, countsFrom, noCounts, rowOf, type RepairCounts } from '../../domain/audit-log/repair-counts.ts';
import { fail } from '../../domain/fail.ts';
import { auditLog } from '../../domain/tool-store/layout.ts';
import type { Place } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import type { LogPart } from '../ports/log-repair.ts';
import { openBackup } from '../tool-store/open-backups.ts';
import { fetchFile, usableFiles } from '../tool-store/read-backup.ts';
import type { ToolStoreTarget } from '../tool-store/target.ts';

export interface Gathered {
  /** Whole objects of each. */
  readonly backup: Place;
  readonly live?: Place | undefined;
  /** What was found in the live part. */
  readonly counts: RepairCounts;
  /** Size of its rejects. */
  readonly rejectedBytes: number;
  readonly sha256: string;
}

interface Wanted {
  readonly backup: string;
  /** A folder of our own, emptied first. */
  readonly scratch: string;
  readonly live?: LogPart | undefined;
  /** Where rejects of the live part go; into the scratch when left out. */
  readonly rejected?: Place | undefined;
}

/** Fails: no-backup, backup-corrupt, backup-unsafe. */
export async function gatherLogs(ports: Ports, target: ToolStoreTarget, wanted: Wanted, signal?: AbortSignal): Promise<Gathered> {
  const { backup: id, scratch, live } = wanted;
  const own = (name: string): Place => ({ root: ports.data, path: `${scratch}/${name}` });
  await ports.files.removeTree({ root: ports.data, path: scratch });
  await ports.files.makeFolder({ root: ports.data, path: scratch });
  const set = await openBackup(ports, target, id, signal);
  const file = usableFiles(set).find(({ path }) => path === auditLog);
  if (file === undefined) {
    throw fail('no-backup', { en: `${id} holds no audit log.`, ja: `${id} に監査ログはありません。` });
  }
  const options = { mode: '0600', durable: false };
  const { bytes, sha256 } = await fetchFile(ports, set, file, own('backup.log'), options, signal);
  // What is damaged in the backup stays there: its whole objects are all that it can give.
  const saved = await ports.logRepair.buildRepaired(
    { place: own('backup.log'), from: 0, to: bytes, firstLine: 1 },
    { kept: own('backup.kept'), keptAt: 0, rejected: own('backup.rejected'), rejectedAt: 0 },
    signal,
  );
  refuseTooLarge(saved.counts);
  if (live === undefined) return { backup: own('backup.kept'), counts: noCounts, rejectedBytes: 0, sha256 };
  const built = await ports.logRepair.buildRepaired(
    live,
    { kept: own('live.kept'), keptAt: 0, rejected: wanted.rejected ?? own('live.rejected'), rejectedAt: 0 },
    signal,
  );
  const { counts, rejectedBytes } = built;
  refuseTooLarge(addCounts(saved.counts, counts));
  return { backup: own('backup.kept'), live: own('live.kept'), counts, rejectedBytes, sha256 };
}

function refuseTooLarge({ good, salvaged }: RepairCounts): void {
  if (good + salvaged <= mostLines) return;
  throw fail('log-too-large', {
    en: `The logs have ${good + salvaged} lines; at most ${mostLines} can be merged.`,
    ja: `ログは合計 ${good + salvaged} 行あり、統合できる上限は ${mostLines} 行です。`,
  });
}

/** The live log's counts after the merge: what disagrees went to quarantine. */
export function countsAfter(counts: RepairCounts, { disagree, disagreeBytes }: MergeCounts): RepairCounts {
  const moved = countsFrom(
    rowOf({
      ...noCounts,
      keptBytes: -disagreeBytes,
      rejectedBytes: disagreeBytes,
      rejected: { ...noCounts.rejected, disagrees: disagree },
    }),
  );
  return addCounts(counts, moved);
}
