/** Approval and checklist gates: waits for people that are part of the plan, not of a mishap. */
import { defaultPolicy } from '../../domain/gate.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import { gateName } from './attempt.ts';
import { Ending } from './ending.ts';
import { askPeople, type GateOutcome, type Question } from './gates.ts';
import type { Run } from './run.ts';

interface Approval {
  readonly gate: string;
  readonly step: string;
  readonly title: Text;
  readonly plan: Plan;
}

/** Shows the plan and waits; returns when it is approved, throws Ending when it is rejected or nobody answered. */
export async function approve(run: Run, { gate, step, title, plan }: Approval): Promise<GateOutcome> {
  run.ledger.turn(step, 'waiting', title);
  const outcome = await wait(run, { gate, kind: 'approval', title, digest: plan.digest, choices: ['approve', 'reject'], plan });
  if (outcome.decision !== 'approve') throw new Ending(outcome.why);
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
  const byName = run.context.gates[question.gate];
  const policy =
    byName ??
    (question.kind === 'checklist'
      ? { ...defaultPolicy(0), stages: [{ from: [], withinMs: null }] }
      : defaultPolicy(run.context.objectives.rtoMs));
  try {
    return await askPeople(run.gates, {
      ...question,
      gate: gateName(run, question.gate),
      path: run.start.parent?.path ?? '',
      policy,
    });
  } finally {
    stretch.to = Date.now();
    leaveGate();
  }
}
