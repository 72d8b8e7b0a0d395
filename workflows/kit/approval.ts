/** Approval and checklist gates: waits for people that are part of the plan, not of a mishap. */
import { defaultPolicy, patientPolicy, type GatePolicy } from '../../domain/gate-policy.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { GateOutcome } from '../../domain/messages.ts';
import { coveredByWhole, isCovered } from './cover.ts';
import { Ending } from './ending.ts';
import { gateName } from './failed-step.ts';
import { askPeople } from './gate-keeper.ts';
import { openReview } from './review.ts';
import type { Run } from './run.ts';
import type { Question } from './votes.ts';

interface Approval {
  readonly gate: string;
  readonly step: string;
  readonly title: Text;
  readonly plan: Plan;
}

/** Shows the plan and waits; returns when it is approved, throws Ending when it is rejected or nobody answered. */
export async function approve(run: Run, { gate, step, title, plan }: Approval): Promise<GateOutcome> {
  if (await isCovered(run, gate)) {
    run.ledger.note(coveredByWhole);
    return { decision: 'approve', by: '', why: coveredByWhole };
  }
  run.ledger.turn(step, 'waiting', title);
  const outcome = await wait(run, { gate, kind: 'approval', title, digest: plan.digest, choices: ['approve', 'reject'], plan });
  if (outcome.decision !== 'approve') throw new Ending(outcome.why);
  if (outcome.alone) await openReview(run, 'alone', gate, title, outcome);
  run.ledger.turn(step, 'running', outcome.why);
  return outcome;
}

/** One item that a person ticks or fails; `digest` binds the tick to what was asked. */
export const tick = (run: Run, item: { readonly id: string; readonly title: Text }, digest: string): Promise<GateOutcome> =>
  wait(run, { gate: `check:${item.id}`, kind: 'checklist', title: item.title, digest, choices: ['tick', 'fail'] });

async function wait(run: Run, question: Omit<Question, 'path' | 'policy'>): Promise<GateOutcome> {
  const stretch: { from: number; to?: number } = { from: Date.now() };
  run.waits.approvals.push(stretch);
  const leaveGate = run.ledger.enterGate();
  try {
    return await askPeople(run.gates, {
      ...question,
      gate: gateName(run, question.gate),
      path: run.start.parent?.path ?? '',
      policy: policyOf(run, question),
    });
  } finally {
    stretch.to = Date.now();
    leaveGate();
  }
}

function policyOf(run: Run, { gate, kind }: Pick<Question, 'gate' | 'kind'>): GatePolicy {
  const policy =
    run.context.gates[gate] ??
    (kind === 'checklist' ? patientPolicy : defaultPolicy(run.context.objectives.rtoMs, run.isKernel2));
  // Alone only with what can be undone.
  if (kind === 'approval' && run.noReturn === undefined) return policy;
  const { aloneAfterMs: _, ...others } = policy;
  return others;
}
