/** A verification as the API takes and answers it. */
import { z } from 'zod';
import { answerOutcomes, type AnswerOutcome } from '../../domain/checklist/words.ts';
import { reasonText } from '../inputs/start.ts';

/** Body of `POST /v1/targets/{id}/verify`; may be left out. */
export const verifyRequest = z
  .strictObject({
    input: z.unknown().optional().describe("What the target is held against; the schema is the kind's."),
    reason: reasonText.optional(),
  })
  .prefault({});

const item = z.object({
  id: z.string(),
  title: z.string(),
  outcome: z.enum(Object.keys(answerOutcomes) as [AnswerOutcome, ...AnswerOutcome[]]),
  measured: z.string().optional(),
  expected: z.string().optional(),
  sentence: z.string(),
});

export const checklistDocument = z
  .object({
    passed: z.boolean(),
    startedAt: z.string(),
    finishedAt: z.string(),
    digest: z.string().describe('sha256 over the list as it is kept.'),
    parts: z.array(z.object({ id: z.string(), title: z.string(), items: z.array(item) })),
  })
  .meta({ id: 'Checklist' });
export type ChecklistDocument = z.infer<typeof checklistDocument>;

export const verificationDocument = z
  .object({
    id: z.string(),
    target: z.string(),
    status: z.enum(['running', 'passed', 'not-passed', 'broken']),
    startedAt: z.string(),
    checklist: checklistDocument.optional().describe('Once it is filled in.'),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'Verification' });
