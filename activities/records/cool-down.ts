/** Cool-down: how long the same scenario on the same target needs an acknowledgement after it ended, so that nothing flaps. */
import type { TargetEntry } from '../../contracts/inventory.ts';
import type { ScenarioEntry } from '../../contracts/scenario-entry.ts';
import type { RecoveryState } from '../../domain/recovery.ts';
import type { RecordStore } from '../ports/records.ts';
import { lastEndKey } from './keys.ts';

interface LastEnd {
  readonly recovery: string;
  readonly endedAt: string;
}

/** Keeps when it ended, where it left its mark on the target. Twice is fine. */
export async function startCoolDown(
  records: RecordStore,
  { id, target, scenario, status, endedAt }: RecoveryState,
): Promise<void> {
  if (endedAt === undefined || (status !== 'recovered' && status !== 'failed')) return;
  await records.put(lastEndKey(target, scenario), JSON.stringify({ recovery: id, endedAt } satisfies LastEnd));
}

/** Whom the target cools down from at `now` (epoch milliseconds), and until when (ISO). */
export async function coolDownOf(
  records: RecordStore,
  scenario: ScenarioEntry,
  target: TargetEntry,
  now: number,
): Promise<{ readonly recovery: string; readonly until: string } | undefined> {
  const coolDownMs = target.coolDown ?? scenario.coolDownMs;
  if (coolDownMs === undefined) return undefined;
  const body = await records.get(lastEndKey(target.id, scenario.id));
  if (body === undefined) return undefined;
  const { recovery, endedAt } = JSON.parse(body) as LastEnd;
  const until = Date.parse(endedAt) + coolDownMs;
  return until > now ? { recovery, until: new Date(until).toISOString() } : undefined;
}
