/** When people at a gate are reminded, when one may go on alone, and when its time is over. Times in epoch milliseconds. */
import type { GatePolicy } from './gate-policy.ts';

/** When the time of the last group is over, for a gate that opened at `since`; null where it waits without end. */
export const closesAt = ({ stages }: Pick<GatePolicy, 'stages'>, since: number): number | null =>
  stages.reduce<number | null>((at, { withinMs }) => (at === null || withinMs === null ? null : at + withinMs), since);

export interface Moment {
  readonly at: number;
  readonly what: 'reminder' | 'alone' | 'deadline';
}

/** One stage of a gate: since when it asks, and for how long; null where it waits without a deadline. */
export interface StageTime {
  readonly since: number;
  readonly withinMs: number | null;
  /** Distance of the first reminder where there is no deadline. */
  readonly remindMs: number;
  readonly aloneAt?: number | undefined;
}

/**
 * The first moment later than `after`. Reminders come at a third and two thirds of the stage's time; without a deadline at
 * ever longer distances (1, 2, 4 … times `remindMs`), so that a week at a gate fills neither a mailbox nor a history.
 */
export function nextMoment({ since, withinMs, remindMs, aloneAt }: StageTime, after: number): Moment {
  const reminder = (at: number): Moment => ({ at, what: 'reminder' });
  const moments: Moment[] =
    withinMs === null
      ? [reminder(doubling(since, remindMs, after))]
      : [
          { at: since + withinMs, what: 'deadline' },
          reminder(since + Math.round(withinMs / 3)),
          reminder(since + Math.round((withinMs * 2) / 3)),
        ];
  if (aloneAt !== undefined) moments.push({ at: aloneAt, what: 'alone' });
  return moments.filter(({ at }) => at > after).toSorted((a, b) => a.at - b.at)[0]!;
}

function doubling(since: number, firstMs: number, after: number): number {
  let at = since + firstMs;
  for (let distance = firstMs; at <= after; distance *= 2) at += distance * 2;
  return at;
}
