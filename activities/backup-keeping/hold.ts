/** A person's word that a backup stays, or may go its way again; kept beside it in every repository that has it. */
import type { Backup, BackupHold } from '../../domain/backup.ts';
import type { Ports } from '../ports/index.ts';
import { holdTrailKey } from '../records/keys.ts';
import type { BackedUp, BackupKind } from './backed-up.ts';
import { describeSet, faultOf } from './backup-set.ts';
import { oneOf } from './open-sets.ts';

export interface HoldInput extends BackupHold {
  readonly target: string;
  readonly backup: string;
}

export async function holdBackup<T extends BackedUp>(
  ports: Ports,
  kind: BackupKind<T>,
  { target: id, backup, held, reason, by, at }: HoldInput,
  signal?: AbortSignal,
): Promise<Backup> {
  const target = kind.target(ports, id);
  const set = oneOf(await kind.open(ports, target, signal), id, backup);
  if (set.manifest === undefined && set.fault !== undefined) throw faultOf(set.fault);
  const hold: BackupHold = { held, reason, by, at };
  for (const copy of set.copies) await copy.keepHold(hold);
  await ports.records.create(holdTrailKey(target.id, backup, at), JSON.stringify({ target: target.id, backup, ...hold }));
  return describeSet({ ...set, hold }, target.id);
}
