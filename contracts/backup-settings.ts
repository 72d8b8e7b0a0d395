/** How often a target is backed up, how long each kind is kept, and when backups are tested and pruned: one shape for every kind of target. */
import { z } from 'zod';
import { duration } from './duration.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const timeOfDay = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|none)$/, 'a time of day such as 02:00, or none')
  .describe('In the time zone of the inventory; `none` for no schedule.');
const keep = duration.refine((ms) => ms >= 60_000, 'at least 1m').describe('How long it is kept from its start.');
const every = z
  .union([z.literal('none'), duration.refine((ms) => ms >= 1_000 && ms % 1_000 === 0, 'whole seconds, at least 1s')])
  .describe('Counted from midnight UTC of 1970, so 1h means each full hour; `none` for no schedule.');
const paused = z.boolean().default(false).describe('The schedule is there and does not fire.');

const daily = (at: string) => z.strictObject({ at: timeOfDay.default(at), paused }).prefault({});

/** The same for every kind. */
const beside = {
  manual: z.strictObject({ keep: keep.default(90 * dayMs) }).prefault({}),
  test: z
    .strictObject({
      at: timeOfDay.default('03:30'),
      each: z.boolean().default(true).describe('Also test every scheduled backup as soon as it is taken.'),
      paused,
    })
    .prefault({})
    .describe('Restore tests: the newest backup and a random older one.'),
  retention: daily('05:00').describe('Removes what is past its time; never the last verified one nor what a kept one needs.'),
};
const what = 'Backups: when, and how long each kind is kept.';

/** As the runbook of the tool store says it, with another time for incrementals where a kind has one. */
export const backupSettingsKeeping = ({ incremental }: { readonly incremental: '7d' | '30d' }) =>
  z
    .strictObject({
      full: z.strictObject({ at: timeOfDay.default('02:00'), keep: keep.default(30 * dayMs), paused }).prefault({}),
      incremental: z
        .strictObject({
          every: every.default(hourMs),
          keep: keep.default(incremental === '7d' ? 7 * dayMs : 30 * dayMs),
          paused,
        })
        .prefault({}),
      ...beside,
    })
    .prefault({})
    .describe(what);

/** For kinds whose backups are all whole. */
export const wholeBackupSettings = z
  .strictObject({
    full: z.strictObject({ every: every.default(hourMs), keep: keep.default(7 * dayMs), paused }).prefault({}),
    ...beside,
  })
  .prefault({})
  .describe(what);

type WholeBackupSettings = z.infer<typeof wholeBackupSettings>;

export const backupSettings = backupSettingsKeeping({ incremental: '7d' });

type DailyBackupSettings = z.infer<typeof backupSettings>;

/** Full ones come daily at a time, or each so often. */
export interface BackupSettings extends Omit<DailyBackupSettings, 'full'> {
  readonly full: DailyBackupSettings['full'] | WholeBackupSettings['full'];
}

/** One that a person asks for as an incremental is whole as well. */
export const withoutIncrementals = (settings: WholeBackupSettings): BackupSettings => ({
  ...settings,
  incremental: { ...settings.full, every: 'none' },
});
