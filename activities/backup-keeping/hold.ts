/** A person's word that a backup stays, or may go its way again; kept beside it in every repository that has it. */
import type { Backup, BackupHold } from '../../domain/backup.ts';
import type { Ports } from '../ports/index.ts';
import { holdTrailKey } from '../records/keys.ts';
import { describeSet, faultOf } from '../tool-store/backup-set.ts';
import { openBackup } from '../tool-store/open-backups.ts';
import { toolStoreTarget } from '../tool-store/target.ts';

export interface HoldInput extends BackupHold {
  readonly target: string;
  readonly backup: string;
}

export async function holdToolStoreBackup(
  ports: Ports,
  { target: id, backup, held, reason, by, at }: HoldInput,
  signal?: AbortSignal,
): Promise<Backup> {
  const target = toolStoreTarget(ports, id);
  const set = await openBackup(ports, target, backup, signal);
  if (set.manifest === undefined && set.fault !== undefined) throw faultOf(set.fault);
  const hold: BackupHold = { held, reason, by, at };
  for (const copy of set.copies) await copy.keepHold(hold);
  await ports.records.create(holdTrailKey(target.id, backup, at), JSON.stringify({ target: target.id, backup, ...hold }));
  return describeSet({ ...set, hold }, target.id);
}
