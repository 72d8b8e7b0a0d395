/** The schedules that an inventory means: when each target is backed up, tested and pruned, as data for whoever keeps them in Temporal. */
import { digestOf } from '../domain/digest.ts';
import type { Inventory, TargetEntry } from './inventory.ts';
import { backupsOf, type Kinds } from './kinds.ts';

export const scheduleNames = ['full', 'incremental', 'test', 'retention'] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/** A time of day in a time zone, or a distance counted from midnight UTC of 1970. */
export type Rhythm = { readonly at: string; readonly timezone: string } | { readonly everyMs: number };

export interface ScheduleEntry {
  /** `schedule/<target>/<name>`. */
  readonly id: string;
  readonly target: string;
  readonly site: string;
  readonly name: ScheduleName;
  readonly rhythm: Rhythm;
  readonly paused: boolean;
  readonly workflowType: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Digest of what the inventory says of it: an override lasts as long as this stays. */
  readonly line: string;
}

export const scheduleId = (target: string, name: ScheduleName): string => `schedule/${target}/${name}`;

/** Every schedule, in the order of the inventory; none where a rhythm is `none`. */
export const schedulesOf = (inventory: Inventory, kinds: Kinds): ScheduleEntry[] =>
  inventory.targets.flatMap((target) => {
    const backups = backupsOf(kinds, target);
    return backups === undefined ? [] : schedulesOfTarget(target, backups, inventory.timezone);
  });

function schedulesOfTarget(
  target: TargetEntry,
  backups: NonNullable<ReturnType<typeof backupsOf>>,
  timezone: string,
): ScheduleEntry[] {
  const { full, incremental, test, retention } = backups.settings;
  const { take, list, planPrune, applyPrune } = backups;
  const tested = test.each ? { test: backups.test } : {};
  const daily = (at: string): Rhythm | undefined => (at === 'none' ? undefined : { at, timezone });
  const each = (every: 'none' | number): Rhythm | undefined => (every === 'none' ? undefined : { everyMs: every });
  const ofFull = 'at' in full ? daily(full.at) : each(full.every);
  const entry = (
    name: ScheduleName,
    { paused }: { readonly paused: boolean },
    rhythm: Rhythm | undefined,
    workflowType: string,
    more: Readonly<Record<string, unknown>>,
  ): ScheduleEntry[] => {
    if (rhythm === undefined) return [];
    const { id: targetId, site } = target;
    const id = scheduleId(targetId, name);
    const args = { target: targetId, site, schedule: id, ...more };
    const line = digestOf({ rhythm, paused, workflowType, args });
    return [{ id, target: targetId, site, name, rhythm, paused, workflowType, args, line }];
  };
  return [
    ...entry('full', full, ofFull, 'scheduledBackup', { kind: 'full', take, ...tested }),
    ...entry('incremental', incremental, each(incremental.every), 'scheduledBackup', { kind: 'incremental', take, ...tested }),
    ...entry('test', test, daily(test.at), 'scheduledRestoreTests', { list, test: backups.test }),
    ...entry('retention', retention, daily(retention.at), 'scheduledRetention', { planPrune, applyPrune }),
  ];
}

/** The rhythm for people, in a line of the Temporal UI. */
export const rhythmWords = (rhythm: Rhythm): string =>
  'at' in rhythm ? `daily at ${rhythm.at} ${rhythm.timezone}` : `every ${rhythm.everyMs / 1_000} s`;
