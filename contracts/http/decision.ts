/** A decision as it is sent, and how its gate stands afterwards. */
import { z } from 'zod';
import { decisionRequest as decisionShape, decisionWords } from '../inputs/decision.ts';

const decision = z.enum(decisionWords);

/** Body of `POST /v1/recoveries/{id}/decisions`. */
export const decisionRequest = decisionShape.superRefine((body, context) => {
  if (body.decision === 'amend' && body.input === undefined) {
    context.addIssue({ code: 'custom', path: ['input'], message: '`amend` needs the whole new input' });
  }
  if (body.decision !== 'amend' && body.input !== undefined) {
    context.addIssue({ code: 'custom', path: ['input'], message: 'only `amend` takes an input' });
  }
});

export const voteDocument = z.object({
  by: z.string(),
  decision,
  at: z.string(),
  reason: z.string().optional(),
  unsigned: z.literal(true).optional(),
});

const answer = {
  gate: z.string(),
  votes: z.array(voteDocument).readonly(),
  need: z.int(),
  deadline: z.string().nullable(),
};

/** 200: it was judged. */
export const decisionDocument = z
  .object({ ...answer, state: z.enum(['open', 'approved', 'rejected', 'decided']) })
  .meta({ id: 'Decision' });

/** 202: no worker answers; the decision is kept by Temporal and judged as soon as one does. */
export const queuedDecisionDocument = z
  .object({ ...answer, state: z.literal('open'), queued: z.literal(true) })
  .meta({ id: 'QueuedDecision' });
