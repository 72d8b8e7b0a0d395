/** The verification of one target at any time: its kind's checklist, filled in by machines. Only looks, so it needs no lease. */
import type { Answer, ChecklistReceipt } from '../domain/checklist/words.ts';
import { activitiesAt } from './kit/activities.ts';
import { fillChecklist } from './steps/fill-checklist.ts';

export interface Verification {
  readonly target: string;
  readonly site: string;
  readonly id: string;
  /** Names of the kind's activities, from contracts/kinds.ts. */
  readonly checks: readonly string[];
  readonly keep: string;
  /** What a person said that it is held against. */
  readonly input: Readonly<Record<string, unknown>>;
}

export function verification({ target, site, id, checks, keep, input }: Verification): Promise<ChecklistReceipt> {
  const on = activitiesAt<Record<string, (input: unknown) => Promise<unknown>>>(site, target).patient;
  return fillChecklist({
    ask: checks.map((name) => () => on[name]!({ target, ...input }) as Promise<readonly Answer[]>),
    keep: (filled) => on[keep]!({ id, target, ...filled }) as Promise<ChecklistReceipt>,
  });
}
