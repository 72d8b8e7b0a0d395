/** A decision as it arrives, from the API or straight from Temporal. Runs in the workflow sandbox. */
import { z } from 'zod';
import { instant, reasonText } from './start.ts';

export const decisionWords = ['approve', 'reject', 'retry', 'amend', 'skip', 'roll-back', 'tick', 'fail'] as const;

/** Body of `POST /v1/recoveries/{id}/decisions`. */
export const decisionRequest = z.strictObject({
  gate: z.string().min(1).max(200).describe('As in `waitingFor[].gate`.'),
  digest: z.string().min(1).max(200).describe('As in `waitingFor[].digest`: what the decision is about.'),
  decision: z.enum(decisionWords),
  reason: reasonText,
  input: z.unknown().optional().describe('With `amend`: the whole new input.'),
});

/** A statement with its signature. */
export const envelopeSchema = z.strictObject({
  statement: decisionRequest.extend({
    recovery: z.string().min(1),
    by: z.string().min(1).max(63),
    at: instant,
  }),
  signature: z.string().max(200).optional(),
});
