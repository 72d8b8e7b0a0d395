/** What the inventory says of a service: the sides it can live on, and the targets that it is made of. */
import { z } from 'zod';
import { duration } from './duration.ts';
import { oneOf } from './inputs/one-of.ts';
import { slug } from './inputs/start.ts';
import { probe } from './traffic-probe.ts';

const command = z.array(z.string().min(1).max(1_000)).min(1).max(50);
const within = duration.default(60_000);
const differ = (words: readonly string[]): boolean => new Set(words).size === words.length;
const haveOwnIds = (all: readonly { readonly id: string }[]): boolean => differ(all.map(({ id }) => id));

const side = z.strictObject({
  site: slug.optional().describe("Whose workers carry out a move to this side; the service's own site when left out."),
  probes: z
    .array(probe.extend({ id: slug }))
    .min(1)
    .max(20)
    .refine(haveOwnIds, 'two probes have the same id')
    .describe('Whether the side is able, asked of the side itself: before users come and as long as they are watched.'),
  ready: z
    .array(z.strictObject({ id: slug, run: command, within }))
    .max(20)
    .refine(haveOwnIds, 'two checks have the same id')
    .default([])
    .describe('Commands without a shell that end with 0 where secrets are present, the capacity is there, and so on.'),
  activate: z
    .strictObject({
      run: command.describe('Run again where it ran already.'),
      undo: command.optional().describe('Takes it back when the move does.'),
      within,
    })
    .optional()
    .describe('Command without a shell that makes the side able, such as by scaling it up. It ends when it is.'),
});

const member = z.strictObject({
  target: slug.describe('A target of kind postgres, redis, traffic or dns-zone.'),
  tier: z.int().min(1).max(3).describe('1 is moved first; the next tier follows when all of it is through.'),
  needs: z.array(slug).max(20).default([]).describe('Members that are moved before it.'),
  leads: z
    .record(slug, oneOf)
    .describe(
      'Side of the service → the node that takes the writes there, or nodes of which one does; or the side of that target.',
    ),
});

const drill = z.strictObject({
  isolate: z.strictObject({
    run: command.describe('Cuts home off, so that none of its probes is answered; run again where it ran already.'),
    undo: command.describe('Lets it back; run again where it ran already, and where nothing was cut off.'),
    within: within.describe('Time for each of them, and for home to be gone, or back.'),
  }),
  requests: z.int().min(10).max(10_000).default(100).describe('So many are timed at a side.'),
  tolerance: z.number().min(0).max(100).default(0.1).describe('Share by which the other side may be slower than home.'),
});

export const serviceSettings = {
  home: slug.describe('The side on which it lives in peace.'),
  sides: z.record(slug, side).refine((all) => Object.keys(all).length >= 2, 'two sides at least'),
  members: z
    .array(member)
    .min(1)
    .max(64)
    .refine((all) => differ(all.map(({ target }) => target)), 'a target is a member once'),
  watch: duration.default(300_000).describe('How long the side that gained is watched in the end.'),
  misses: z.int().min(0).max(1_000).default(3).describe('So many probes in a row may fail while it is watched.'),
  drill: drill
    .optional()
    .describe('How home is cut off in a drill. It begins only where the service and all that it acts on are `sandbox: true`.'),
};

/** Settings of a service beside the head that all targets share. */
export type ServiceSettings = z.infer<z.ZodObject<typeof serviceSettings>>;

/** The side that a move goes to when nobody says so: the only other one, or home. */
export function sideToMoveTo({ home, sides }: ServiceSettings, asked?: string): string | undefined {
  if (asked !== undefined) return asked;
  const others = Object.keys(sides).filter((one) => one !== home);
  return others.length === 1 ? others[0] : undefined;
}
