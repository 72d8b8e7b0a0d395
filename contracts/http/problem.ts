/** An error as it is answered: RFC 9457 with a code of the failure table. */
import { z } from 'zod';
import { failures, type FailureCode } from '../../domain/failures.ts';

export const holderDocument = z.object({ kind: z.string(), id: z.string(), since: z.string() });

export const problemDocument = z
  .object({
    type: z.literal('about:blank'),
    title: z.string().describe('The HTTP status in words.'),
    status: z.int(),
    code: z.enum(Object.keys(failures) as [FailureCode, ...FailureCode[]]).describe('A row of the failure table.'),
    detail: z.string().describe('What happened, in the language of the reader.'),
    hint: z.string().describe('What to do next, in the language of the reader.'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe(
        'For bad input: each wrong field. A field of the body by its own path, others as `query.…`, `params.…`, `headers.…`.',
      ),
    heldBy: holderDocument.optional().describe('Who holds the target.'),
  })
  .meta({ id: 'Problem' });
export type ProblemDocument = z.infer<typeof problemDocument>;
