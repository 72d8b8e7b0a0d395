/** When a gate is due, and who is asked there, for how long, and what happens when nobody decides. */
import type { Plan } from './recovery.ts';
import type { Text } from './text.ts';

/** Who may decide at a gate, how many, by when, and what happens when nobody does. Times in milliseconds. */
export interface GatePolicy {
  readonly need: number;
  /** Asked one after the other, each with its own time; empty `from` means everyone with the role. */
  readonly stages: readonly { readonly from: readonly string[]; readonly withinMs: number | null }[];
  readonly otherwise: 'stop' | 'roll-back' | 'proceed';
  readonly always: boolean;
  /** From then on one operator may approve alone what can be undone. */
  readonly aloneAfterMs?: number;
}

/** Without a policy: one approver within a third of the RTO, then everyone who may is asked once more (`again`), then stop. */
export function defaultPolicy(rtoMs: number, again = true): GatePolicy {
  const stage = { from: [], withinMs: Math.max(60_000, Math.floor(rtoMs / 3)) };
  return { need: 1, stages: again ? [stage, stage] : [stage], otherwise: 'stop', always: false };
}

/** Without a policy for failed steps and checklists: whoever may, without a deadline. */
export const patientPolicy: GatePolicy = {
  need: 1,
  stages: [{ from: [], withinMs: null }],
  otherwise: 'stop',
  always: false,
};

/** Without a policy for refusing safety checks: two people, without a deadline. */
export const breakGlassPolicy: GatePolicy = { ...patientPolicy, need: 2 };

/** Why a plan needs people, or undefined when it may go on by itself. */
export function whyGateIsDue(plan: Pick<Plan, 'counts' | 'size'>, policy: GatePolicy, maxShare = 1): Text | undefined {
  if (policy.always) return { en: 'The policy always asks.', ja: '方針により必ず承認を求めます。' };
  const { overwrite, remove } = plan.counts;
  if (overwrite + remove > 0) {
    return { en: `${overwrite} to overwrite, ${remove} to remove.`, ja: `上書き ${overwrite} 件、削除 ${remove} 件。` };
  }
  if (plan.size.share > maxShare) {
    return {
      en: `Touches ${Math.round(plan.size.share * 100)} % of the target.`,
      ja: `対象の ${Math.round(plan.size.share * 100)} % に及びます。`,
    };
  }
  return undefined;
}
