/** Schedules as the API shows them, and how they are overridden. */
import { z } from 'zod';
import { duration } from '../duration.ts';
import { reasonText } from '../inputs/start.ts';
import { scheduleNames } from '../schedules.ts';

const rhythm = z.union([z.object({ at: z.string(), timezone: z.string() }), z.object({ everyMs: z.number() })]);

export const scheduleDocument = z
  .object({
    id: z.string(),
    target: z.string(),
    name: z.enum(scheduleNames),
    rhythm: rhythm.describe('`at` is a time of day in `timezone`; `everyMs` counts from midnight UTC of 1970.'),
    paused: z.boolean(),
    note: z.string().optional().describe('As it stands in the Temporal UI.'),
    override: z
      .object({ by: z.string(), at: z.string(), reason: z.string() })
      .optional()
      .describe('Present while it differs from the inventory; gone as soon as that line of the inventory changes.'),
    next: z.array(z.string()).describe('When it fires next; empty while it is paused.'),
    last: z.array(z.object({ at: z.string(), workflowId: z.string() })).describe('What it started lately, newest first.'),
    missed: z.number().describe('How often it could not fire within its catch-up time.'),
  })
  .meta({ id: 'Schedule' });
export type ScheduleDocument = z.infer<typeof scheduleDocument>;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 02:00');
const every = duration.refine((ms) => ms >= 1_000 && ms % 1_000 === 0, 'whole seconds, at least 1s');

/** Body of `PUT /v1/schedules/{id}`. */
export const overrideRequest = z
  .strictObject({
    at: timeOfDay.optional().describe('In the time zone of the inventory.'),
    every: every.optional(),
    paused: z.boolean().optional(),
    reason: reasonText,
  })
  .refine(({ at, every: distance }) => at === undefined || distance === undefined, {
    path: ['every'],
    message: 'either `at` or `every`',
  });

/** Body of `POST /v1/schedules/{id}/pause` and its siblings. */
export const scheduleRequest = z.strictObject({ reason: reasonText });
