/** The restore test of one backup: only this makes it verified. Works in scratch, so it needs no lease. */
import type { Backup } from '../domain/backup.ts';
import { activitiesAt } from './kit/activities.ts';

export interface TestBackup {
  readonly target: string;
  readonly site: string;
  readonly backup: string;
  /** Name of the kind's activity, from contracts/kinds.ts. */
  readonly activity: string;
}

export function backupTest({ target, site, backup, activity }: TestBackup): Promise<Backup> {
  const on = activitiesAt<Record<string, (input: unknown) => Promise<Backup>>>(site, target);
  return on.patient[activity]!({ target, backup });
}
