/** The retention that a schedule starts: plans by policy and carries it out while nothing else acts on the target. */
import { workflowInfo } from '@temporalio/workflow';
import type { PruneReceipt } from '../domain/prune-plan.ts';
import type { Plan } from '../domain/recovery.ts';
import { recoveryId } from '../domain/identity.ts';
import { activitiesAt } from './kit/activities.ts';
import { tellingFailure, type Scheduled } from './steps/scheduled.ts';
import { whileHeld } from './steps/while-held.ts';

export interface ScheduledRetention extends Scheduled {
  /** Names of the kind's activities, from contracts/kinds.ts. */
  readonly planPrune: string;
  readonly applyPrune: string;
}

export function scheduledRetention(start: ScheduledRetention): Promise<PruneReceipt> {
  const { target, site } = start;
  const on = activitiesAt<Record<string, (input: unknown) => Promise<unknown>>>(site, target);
  const id = recoveryId(target, workflowInfo().firstExecutionRunId);
  return tellingFailure(start, { en: `Retention of ${target}`, ja: `${target} のバックアップ整理` }, () =>
    whileHeld(target, id, async () => {
      const plan = (await on.patient[start.planPrune]!({ target, recovery: id })) as Plan;
      if (plan.size.items === 0) return { removed: 0, already: 0, bytes: 0, spared: [] };
      return (await on.patient[start.applyPrune]!({ target, plan: plan.ref, digest: plan.digest })) as PruneReceipt;
    }),
  );
}
