/** Who holds a target: by its lease, or by a recovery that was started and has not taken it yet. */
import { z } from 'zod';
import { leaseWorkflowId, recoveryId, recoveryWorkflowId } from '../domain/identity.ts';
import { holderQuery } from '../domain/messages.ts';
import type { Gateway } from './gateway.ts';

export interface PublicHolder {
  readonly kind: string;
  readonly id: string;
  readonly since: string;
}

/** What a lease keeps in its memo, readable without a worker. */
const leaseMemo = z.object({ holder: z.object({ kind: z.string(), id: z.string(), since: z.string() }) });

export async function leaseHolder(gateway: Gateway, target: string): Promise<PublicHolder | undefined> {
  const lease = await gateway.describe(leaseWorkflowId(target));
  if (lease?.state !== 'running') return undefined;
  const memo = leaseMemo.safeParse(lease.memo);
  if (memo.success) return memo.data.holder;
  const { kind, id, since } = await gateway.queryRun(lease, holderQuery);
  return { kind, id, since };
}

/** The running recovery of a target. */
export async function runningRecovery(gateway: Gateway, target: string): Promise<PublicHolder | undefined> {
  const found = await gateway.describe(recoveryWorkflowId(target));
  if (found?.state !== 'running') return undefined;
  return { kind: 'recovery', id: recoveryId(target, found.firstRunId), since: found.startedAt };
}

export async function holderOf(gateway: Gateway, target: string): Promise<PublicHolder | undefined> {
  const [lease, recovery] = await Promise.all([leaseHolder(gateway, target), runningRecovery(gateway, target)]);
  return lease ?? recovery;
}
