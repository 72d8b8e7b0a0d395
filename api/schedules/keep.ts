/** Keeps Temporal's schedules as the inventory means them: made, changed and removed as it changes, overrides respected. */
import type { RecordStore } from '../../activities/ports/records.ts';
import type { Inventory } from '../../contracts/inventory.ts';
import type { Kinds } from '../../contracts/kinds.ts';
import { rhythmWords, schedulesOf, type ScheduleEntry } from '../../contracts/schedules.ts';
import { digestOf } from '../../domain/digest.ts';
import { overrideOf, type ScheduleOverride } from './overrides.ts';
import type { Schedules, WantedSchedule } from './port.ts';

export interface ScheduleWorld {
  readonly gateway: { readonly schedules: Schedules };
  readonly inventory: () => Inventory;
  readonly kinds: Kinds;
  readonly records: RecordStore;
}

/** What a round did, by id. */
export interface KeptSchedules {
  readonly put: readonly string[];
  readonly removed: readonly string[];
}

/** One round; nothing to do where all is as it is to be. Twice is fine, also at once from several processes. Fails: temporal-away. */
export async function keepSchedules({ gateway, inventory, kinds, records }: ScheduleWorld): Promise<KeptSchedules> {
  const { schedules } = gateway;
  const entries = schedulesOf(inventory(), kinds);
  const put: string[] = [];
  for (const entry of entries) {
    const override = await overrideOf(records, entry);
    const wanted = wantedOf(entry, override);
    const known = await schedules.describe(entry.id);
    if (known?.mark === wanted.mark) continue;
    // A person's pause outlives a change of anything else.
    await schedules.put(wanted, { keepsPause: known?.wish === wanted.paused });
    put.push(entry.id);
  }
  const ids = new Set(entries.map(({ id }) => id));
  const removed = (await schedules.list()).filter((id) => !ids.has(id));
  for (const id of removed) await schedules.remove(id);
  return { put, removed };
}

/** The inventory's word, and an administrator's where there is one. */
export function wantedOf(entry: ScheduleEntry, override: ScheduleOverride | undefined): WantedSchedule {
  const { id, target, site, name, workflowType, args } = entry;
  const rhythm = override?.rhythm ?? entry.rhythm;
  const paused = override?.paused ?? entry.paused;
  const from = override === undefined ? 'from the inventory' : `changed by ${override.by}: ${override.reason}`;
  return {
    ...{ id, target, site, rhythm, paused, workflowType, args },
    note: `${name} of ${target}, ${rhythmWords(rhythm)}, ${from}`,
    summary: `${name} of ${target}, by its schedule`,
    mark: digestOf({ rhythm, paused, workflowType, args, override }),
  };
}

export interface ScheduleKeeper {
  /** The inventory changed: keep them soon. */
  wake(): void;
  /** Resolves when no round is under way. */
  stop(): Promise<void>;
}

/** Temporal may be away when the API starts; and what somebody deleted by hand is made again. */
const retryMs = 2_000;
const everyMs = 60_000;

/** Rounds until stopped: at once, when woken, and now and then. `onFailure` hears why a round failed; it is tried again. */
export function startScheduleKeeper(
  world: ScheduleWorld,
  { onKept, onFailure }: { onKept: (kept: KeptSchedules) => void; onFailure: (error: unknown) => void },
): ScheduleKeeper {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  let isStopped = false;
  let isWoken = false;

  const run = async (): Promise<void> => {
    isWoken = false;
    let wait = everyMs;
    try {
      const kept = await keepSchedules(world);
      if (kept.put.length + kept.removed.length > 0) onKept(kept);
    } catch (error) {
      wait = retryMs;
      onFailure(error);
    }
    if (!isStopped) timer = setTimeout(begin, isWoken ? 0 : wait).unref();
  };
  const begin = (): void => {
    timer = undefined;
    round = run();
  };
  begin();
  return {
    wake() {
      isWoken = true;
      if (timer === undefined || isStopped) return;
      clearTimeout(timer);
      begin();
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}
