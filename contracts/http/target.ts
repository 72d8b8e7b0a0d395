/** What can be run and what is protected, as the API answers it. */
import { z } from 'zod';
import { reviewKinds, type ReviewKind } from '../../domain/review.ts';
import { backupDocument } from '../backup.ts';
import { reasonText, slug } from '../inputs/start.ts';
import { holderDocument } from './problem.ts';

export const scenarioDocument = z
  .object({
    id: z.string(),
    title: z.string(),
    summary: z.string(),
    workflowType: z.string(),
    kinds: z.array(z.string()).readonly().describe('Kinds of target it can run on.'),
    objectives: z.object({ rtoMs: z.number(), rpoMs: z.number() }),
    gates: z.array(z.object({ id: z.string(), title: z.string() })),
    inputSchema: z.unknown().describe('JSON Schema that `input` must fit.'),
  })
  .meta({ id: 'Scenario' });

export const reviewDocument = z
  .object({
    id: z.string(),
    kind: z.enum(Object.keys(reviewKinds) as [ReviewKind, ...ReviewKind[]]),
    title: z.string(),
    target: z.string(),
    recovery: z.string(),
    gate: z.string(),
    sentence: z.string().describe('What was asked, or what the safety check refused.'),
    by: z.array(z.object({ person: z.string(), reason: z.string() })).readonly(),
    openedAt: z.string(),
    deadline: z.string(),
    overdue: z.boolean(),
  })
  .meta({ id: 'Review' });
export type ReviewDocument = z.infer<typeof reviewDocument>;

export const closeReviewRequest = z.strictObject({ reason: reasonText });
export const closedReviewDocument = reviewDocument.extend({
  closed: z.object({ by: z.string(), at: z.string(), reason: z.string() }),
});

export const targetDocument = z
  .object({
    id: z.string(),
    kind: z.string(),
    site: z.string(),
    owner: z.string().optional(),
    heldBy: holderDocument.optional(),
    lastBackup: backupDocument.optional().describe('The newest one that is complete.'),
    lastVerified: backupDocument.optional().describe('The newest one that passed its restore test.'),
    findings: z.array(z.string()),
    reviews: z.array(reviewDocument).describe('Open ones: what people did outside the usual rules.'),
    links: z.array(z.object({ title: z.string(), url: z.string() })).readonly(),
    contacts: z
      .array(
        z.object({
          id: z.string(),
          mail: z.string().optional(),
          phone: z.string().optional(),
          url: z.string().optional(),
          external: z.boolean(),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Target' });
export type TargetDocument = z.infer<typeof targetDocument>;

export const diagnosisDocument = z
  .object({
    target: z.string(),
    at: z.string(),
    symptoms: z.array(z.object({ id: z.string(), sentence: z.string(), evidence: z.record(z.string(), z.unknown()).optional() })),
    suggests: z.array(
      z.object({
        scenario: z.string(),
        input: z.unknown(),
        why: z.string(),
        curl: z.string().describe('Starts it, with the token in $OKIAGARI_TOKEN.'),
      }),
    ),
  })
  .meta({ id: 'Diagnosis' });

export const healthDocument = z.object({ status: z.literal('ok') });

export const mayPromoteQuery = z.strictObject({
  node: slug.optional().describe('The standby that is about to be promoted; the best one when left out.'),
});
export const mayPromoteDocument = z
  .object({ target: z.string(), node: z.string(), may: z.literal(true), sentence: z.string() })
  .meta({ id: 'MayPromote' });
