/** What all routes take in the same way: ids in paths, pages of lists, languages, and the key that makes a POST safe to repeat. */
import { z } from 'zod';
import { instant, slug } from '../inputs/start.ts';
import { recoveryStatuses, type RecoveryStatus } from '../../domain/recovery.ts';

/** An id in a path. Whether it names something is answered by 404, not by its shape. */
const idText = z.string().min(1).max(200);
export const idParams = z.strictObject({ id: idText });
export const planParams = z.strictObject({ id: idText, digest: idText });

/** `?limit=` arrives as text; OpenAPI shows the number that it means. */
const limit = z
  .string()
  .regex(/^\d{1,3}$/, 'a whole number from 1 to 200')
  .transform(Number)
  .pipe(z.int().min(1, 'a whole number from 1 to 200').max(200, 'a whole number from 1 to 200'))
  .default(50)
  .meta({
    type: 'integer',
    pattern: undefined,
    minimum: 1,
    maximum: 200,
    default: 50,
    description: 'How many items a page may have.',
  });
const cursor = z.string().min(1).max(500).optional().describe('The opaque `next` of the page before.');

export const pageQuery = z.strictObject({ limit, cursor });

/** A filter that may stand several times: any of them matches. */
const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (value === undefined || Array.isArray(value) ? value : [value]), z.array(item).max(20).optional());

export const recoveryListQuery = pageQuery.extend({
  status: oneOrMore(z.enum(Object.keys(recoveryStatuses) as [RecoveryStatus, ...RecoveryStatus[]])),
  target: oneOrMore(slug),
  scenario: oneOrMore(slug),
  since: instant.optional().describe('Started at this instant or later.'),
  until: instant.optional().describe('Started at this instant or earlier.'),
});
export type RecoveryListQuery = z.infer<typeof recoveryListQuery>;

/** Headers of every POST. */
export const writeHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 visible ASCII characters')
    .optional()
    .describe('Per person and address, 24 h: a repeat answers the same and has no second effect.'),
});

export const eventHeaders = z.looseObject({
  'last-event-id': z
    .string()
    .regex(/^\d{1,9}$/, 'the number of a ledger entry')
    .optional()
    .describe('Resume after this ledger number.'),
});

/** Body of `POST /v1/recoveries/{id}/cancel`; may be left out. */
export const cancelRequest = z.strictObject({ reason: z.string().trim().min(1, 'say why').max(500).optional() }).optional();

/** Body of a POST that takes none: left out or `{}`, so that a misplaced wish is refused instead of ignored. */
export const noBody = z.strictObject({}).optional();

/** Query of a route that takes none. */
export const noQuery = z.strictObject({});

/** A list: `next` is there while there is more. */
export const listOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() });
