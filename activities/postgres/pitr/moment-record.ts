/** Reads back what a recovery of a cluster goes back to. */
import { fail } from '../../../domain/fail.ts';
import { isPast, type Moment, type PastMoment } from '../../../domain/postgres/moment.ts';
import type { Ports } from '../../ports/index.ts';
import { readWholePlan } from '../../records/plans.ts';

/** Fails: plan-changed. */
export const readMoment = (ports: Ports, { id }: { readonly id: string }, ref: string): Promise<Moment> =>
  readWholePlan<Moment>(ports.records, ref, id);

/** Fails: plan-changed, also where it goes back to no point of the log. */
export async function readPastMoment(ports: Ports, target: { readonly id: string }, ref: string): Promise<PastMoment> {
  const moment = await readMoment(ports, target, ref);
  if (isPast(moment)) return moment;
  throw fail('plan-changed', { en: `${ref} names no backup.`, ja: `${ref} にバックアップの指定がありません。` });
}
