/** The score of a drill as the API answers it, in the reader's language. */
import { z } from 'zod';
import { criteria, type CriterionId } from '../../domain/drill/score.ts';

export const drillScore = z.object({
  criteria: z.array(
    z.object({
      id: z.enum(Object.keys(criteria) as [CriterionId, ...CriterionId[]]),
      title: z.string(),
      met: z.boolean().nullable().describe('Null where nothing was measured, or not yet.'),
      sentence: z.string(),
      value: z.number().optional().describe('Milliseconds; of `performance` how many times as long.'),
      limit: z.number().optional(),
    }),
  ),
  passed: z.boolean().nullable().describe('Null while it runs.'),
  sentence: z.string(),
});
export type DrillScoreDocument = z.infer<typeof drillScore>;
