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
const leaseMemo = z.object({
  holder: z.object({
    kind: z.string(),
    id: z.string(),
    since: z.string(),
    workflowId: z.string().optional(),
    firstRunId: z.string().optional(),
  }),
});

export async function leaseHolder(gateway: Gateway, target: string): Promise<PublicHolder | undefined> {
  const lease = await gateway.describe(leaseWorkflowId(target));
  if (lease?.state !== 'running') return undefined;
  const memo = leaseMemo.safeParse(lease.memo);
  const holder = memo.success ? memo.data.holder : await gateway.queryRun(lease, holderQuery);
  if (await isGone(gateway, holder)) return undefined;
  const { kind, id, since } = holder;
  return { kind, id, since };
}

/** A Reset can leave a lease without its holder; it ends as soon as a recovery wants it. */
async function isGone(gateway: Gateway, { workflowId, firstRunId }: z.infer<typeof leaseMemo>['holder']): Promise<boolean> {
  if (workflowId === undefined) return false;
  const newest = await gateway.describe(workflowId);
  return newest?.state !== 'running' || (firstRunId !== undefined && newest.firstRunId !== firstRunId);
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
