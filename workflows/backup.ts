/** Takes a backup of a target while it holds the lease; gives way to a recovery and begins again after it. */
import { CancellationScope, condition, isCancellation, setHandler, sleep } from '@temporalio/workflow';
import type { Backup, BackupKind } from '../domain/backup.ts';
import { pleaseYieldSignal } from '../domain/messages.ts';
import { activitiesAt } from './kit/activities.ts';
import { asHolder, holdLease } from './kit/lease.ts';

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

/** Longer than whoever asked needs to take the lease; were it not enough, it asks again. */
const courtesy = '1s';

export async function backup({ target, site, activity, ...request }: TakeBackup): Promise<Backup> {
  let wanted = false;
  setHandler(pleaseYieldSignal, () => void (wanted = true));
  const on = activitiesAt<Record<string, (input: unknown) => Promise<Backup>>>(site, target);
  for (;;) {
    const lease = await holdLease(target, asHolder('backup', request.id));
    wanted = false;
    const scope = new CancellationScope();
    const taking = scope.run(() => on.patient[activity]!({ target, ...request }));
    const yielded = condition(() => wanted).then(() => scope.cancel());
    try {
      return await taking;
    } catch (error) {
      if (!wanted || !isCancellation(error)) throw error;
    } finally {
      void yielded;
      await CancellationScope.nonCancellable(() => lease.release());
    }
    await sleep(courtesy, { summary: 'lets the recovery take the target first' });
  }
}
