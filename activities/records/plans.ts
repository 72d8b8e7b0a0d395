/** Whole plans: kept in the record store when they are made, read back only as they were written. */
import { digestBeside } from '../../domain/digest.ts';
import { fail } from '../../domain/fail.ts';
import type { RecordStore } from '../ports/records.ts';
import { planKey } from './keys.ts';

/** What every whole plan has, whatever it is a plan of. The digest is over all the rest. */
interface WholePlan {
  readonly target: string;
  readonly digest: string;
}

/** Answers where it is kept. `recovery` is the name of a folder already. Twice is fine: the same plan has the same place. */
export async function keepWholePlan(records: RecordStore, recovery: string, plan: WholePlan): Promise<string> {
  const ref = planKey(recovery, plan.digest);
  await records.put(ref, JSON.stringify(plan));
  return ref;
}

/**
 * The plan at `ref`, made for this target. `list` is a list that plans of this kind have, where one of another kind might be
 * named. Fails: plan-changed.
 */
export async function readWholePlan<P extends WholePlan>(
  records: RecordStore,
  ref: string,
  target: string,
  list?: keyof P,
): Promise<P> {
  const text = /^plans\/[^/]+\/[0-9a-f]{64}\.json$/.test(ref) ? await records.get(ref) : undefined;
  if (text !== undefined) {
    const plan = JSON.parse(text) as P;
    const isAsWritten = digestBeside(plan) === plan.digest && ref.endsWith(`/${plan.digest}.json`);
    if (isAsWritten && plan.target === target && (list === undefined || Array.isArray(plan[list]))) return plan;
  }
  throw fail('plan-changed', {
    en: `The plan ${ref} is not in the record store as it was written for ${target}.`,
    ja: `計画 ${ref} が ${target} のために書き込まれた時のまま記録ストアにありません。`,
  });
}
