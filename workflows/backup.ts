/** Takes a backup of a target while it holds the lease; gives way to a recovery and begins again after it. */
import type { Backup, BackupKind } from '../domain/backup.ts';
import { activitiesAt } from './kit/activities.ts';
import { whileHeld } from './steps/while-held.ts';

export interface TakeBackup {
  readonly target: string;
  readonly site: string;
  readonly id: string;
  readonly kind: BackupKind;
  readonly reason?: string;
  readonly startedAt: string;
  /** Name of the kind's activity, from contracts/kinds.ts. */
  readonly activity: string;
}

export function backup({ target, site, activity, ...request }: TakeBackup): Promise<Backup> {
  const on = activitiesAt<Record<string, (input: unknown) => Promise<Backup>>>(site, target);
  return whileHeld(target, request.id, () => on.patient[activity]!({ target, ...request }));
}
