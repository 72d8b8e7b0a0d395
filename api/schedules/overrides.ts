/** What an administrator changed of a schedule: kept as a record, in force while the inventory says what it said then. */
import { z } from 'zod';
import type { RecordStore } from '../../activities/ports/records.ts';
import { scheduleOverrideKey } from '../../activities/records/keys.ts';
import type { ScheduleEntry } from '../../contracts/schedules.ts';

const overrideSchema = z.strictObject({
  /** Of the inventory, at the time. */
  line: z.string(),
  rhythm: z.union([z.strictObject({ at: z.string(), timezone: z.string() }), z.strictObject({ everyMs: z.number() })]).optional(),
  paused: z.boolean().optional(),
  by: z.string(),
  at: z.string(),
  reason: z.string(),
});
export type ScheduleOverride = z.infer<typeof overrideSchema>;

/** Undefined where there is none, or where the inventory has changed since. */
export async function overrideOf(records: RecordStore, { id, line }: ScheduleEntry): Promise<ScheduleOverride | undefined> {
  const text = await records.get(scheduleOverrideKey(id));
  if (text === undefined) return undefined;
  const override = overrideSchema.parse(JSON.parse(text));
  return override.line === line ? override : undefined;
}

export const keepOverride = (records: RecordStore, id: string, override: ScheduleOverride): Promise<void> =>
  records.put(scheduleOverrideKey(id), JSON.stringify(override));
