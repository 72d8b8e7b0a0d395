/** Tells people that a phase takes longer than planned. Nothing stops for it. */
import { scenarios } from '../../contracts/scenarios.ts';
import type { Text } from '../../domain/text.ts';
import { createAnnounce } from '../announce.ts';
import type { Ports } from '../ports/index.ts';
import { recoveryStartKey } from '../records/keys.ts';

interface OverBudget {
  readonly target: string;
  /** Id of the recovery as a whole. */
  readonly system: string;
  readonly phase: string;
  readonly minutes: number;
}

export async function tellOverBudget(ports: Ports, { target, system, phase, minutes }: OverBudget): Promise<{ reached: number }> {
  const text = await ports.records.get(recoveryStartKey(system));
  const start = JSON.parse(text ?? '{}') as { scenario?: string; requestedBy?: string; reason?: string };
  const { scenario = '', requestedBy = 'unknown', reason = '' } = start;
  const owner = ports.inventory().targets.find(({ id }) => id === target)?.owner;
  const { reached } = await createAnnounce(
    ports,
    scenarios,
  )({
    event: `${system}.over-budget.${phase}`,
    occasion: 'over-budget',
    at: new Date().toISOString(),
    ...{ recovery: system, scenario, target, requestedBy, reason },
    sentence: over(phase, minutes),
    to: { roles: ['operator'], from: [], also: [requestedBy, ...(owner === undefined ? [] : [owner])], except: [] },
  });
  return { reached: reached.length };
}

const over = (phase: string, minutes: number): Text => ({
  en: `${phase} takes longer than its ${minutes} min; it goes on.`,
  ja: `${phase} が予定の ${minutes} 分を超えました。続行します。`,
});
