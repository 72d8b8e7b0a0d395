/** A recovery as the API answers it: the status document, its line in a list, the events of its stream, its report. */
import { z } from 'zod';
import { stepOutcomes, recoveryStatuses, type RecoveryStatus, type StepOutcome } from '../../domain/recovery.ts';
import { voteDocument } from './decision.ts';
import { drillScore } from './drill-score.ts';
import { checklistDocument } from './verification.ts';

const status = z.enum(Object.keys(recoveryStatuses) as [RecoveryStatus, ...RecoveryStatus[]]);
const mode = z.enum(['run', 'dry-run']);

export const stepDocument = z
  .object({
    name: z.string(),
    path: z.string().describe('Names the child recovery the step belongs to; empty for its own.'),
    outcome: z.enum(Object.keys(stepOutcomes) as [StepOutcome, ...StepOutcome[]]),
    sentence: z.string(),
    startedAt: z.string(),
    endedAt: z.string().optional(),
    attempts: z.int(),
    evidence: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Step' });

const planDocument = z.object({
  summary: z.string(),
  digest: z.string(),
  size: z.object({ items: z.number(), bytes: z.number(), share: z.number() }),
  counts: z.record(z.string(), z.number()).optional(),
  changes: z
    .array(
      z.object({
        action: z.enum(['add', 'overwrite', 'keep', 'remove']),
        path: z.string(),
        before: z.string().optional(),
        after: z.string().optional(),
      }),
    )
    .readonly(),
  truncated: z.boolean(),
  href: z.string().describe('The whole plan.'),
});

export const waitingDocument = z
  .object({
    gate: z.string().describe('Unique in the recovery and opaque.'),
    path: z.string(),
    kind: z.enum(['approval', 'failed-step', 'checklist']),
    title: z.string(),
    digest: z.string(),
    need: z.int(),
    votes: z.array(voteDocument).readonly(),
    from: z.array(z.string()).readonly(),
    deadline: z.string().nullable(),
    otherwise: z.enum(['stop', 'roll-back', 'proceed']),
    choices: z.array(voteDocument.shape.decision).readonly(),
    aloneFrom: z.string().optional().describe('From then on one operator may approve alone; a review opens.'),
    breakGlass: z
      .literal(true)
      .optional()
      .describe('A safety check refuses: `skip` overrides it, takes `need` approvers and opens a review.'),
    plan: planDocument.optional(),
    error: z
      .object({
        code: z.string(),
        sentence: z.string(),
        errors: z
          .array(z.object({ path: z.string(), message: z.string() }))
          .readonly()
          .optional(),
      })
      .optional(),
    input: z.unknown().optional(),
    inputSchema: z.unknown().optional(),
  })
  .meta({ id: 'Waiting' });

const timing = z.object({
  detectionMs: z.number(),
  decisionMs: z.number(),
  approvalMs: z.number(),
  machineMs: z.number(),
  totalMs: z.number(),
});

const objectives = z.object({
  rtoMs: z.number(),
  rpoMs: z.number(),
  rpoAchieved: z.number().optional(),
  metRto: z.boolean().nullable(),
  metRpo: z.boolean().nullable(),
});

const links = z.object({ self: z.string(), events: z.string(), report: z.string() });

const head = {
  id: z.string(),
  scenario: z.string(),
  target: z.string(),
  mode,
  status,
  phase: z.string(),
  requestedBy: z.string(),
  reason: z.string(),
  incident: z.string().optional(),
  startedAt: z.string(),
  endedAt: z.string().optional(),
};

export const statusDocument = z
  .object({
    ...head,
    steps: z.array(stepDocument),
    waitingFor: z.array(waitingDocument),
    timing,
    objectives,
    ledger: z.int().describe('Number of the newest ledger entry.'),
    links,
    stale: z.literal(true).optional().describe('No worker answers: this is what was last known.'),
    asOf: z.string().optional(),
  })
  .meta({ id: 'Recovery' });
export type StatusDocument = z.infer<typeof statusDocument>;

export const recoverySummary = z.object({ ...head, links }).meta({ id: 'RecoverySummary' });
export type RecoverySummary = z.infer<typeof recoverySummary>;

/** 202 of `POST /v1/recoveries`. */
export const startedDocument = z
  .object({ id: z.string(), workflowId: z.string(), runId: z.string(), status, links })
  .meta({ id: 'StartedRecovery' });
export type StartedDocument = z.infer<typeof startedDocument>;

/** 202 of `POST /v1/recoveries/{id}/cancel`. */
export const cancelDocument = z.object({ id: z.string(), accepted: z.literal(true), links });

const at = z.string();
/** `data` of the stream's events, by the name of the event; `id` of each is the ledger number. */
export const eventData = {
  step: stepDocument.extend({ at }),
  gate: z.object({
    at,
    gate: z.string(),
    path: z.string(),
    state: z.enum(['open', 'approved', 'rejected', 'decided']),
    waiting: waitingDocument.optional(),
    sentence: z.string(),
  }),
  status: z.object({ at, status, phase: z.string(), sentence: z.string().optional() }),
  end: z.object({ at, status }),
};
export type EventData = { readonly [K in keyof typeof eventData]: z.infer<(typeof eventData)[K]> };

/** A ledger line outside the stream: number and event name beside its data. */
export const ledgerLine = z.looseObject({ number: z.int(), event: z.enum(['step', 'gate', 'status', 'end']), at });

export const reportDocument = z
  .object({
    recovery: statusDocument,
    scenario: z.object({ id: z.string(), title: z.string() }),
    ledger: z.array(ledgerLine),
    checklists: z.array(checklistDocument).describe('Filled in by machines when it was verified; also of recoveries inside it.'),
    score: drillScore.optional().describe('Of a drill.'),
    owner: z.string().optional(),
    contacts: z.array(z.looseObject({ id: z.string() })).readonly(),
    links: z.array(z.object({ title: z.string(), url: z.string() })).readonly(),
  })
  .meta({ id: 'Report' });

/** A whole plan as its record keeps it, every sentence in the reader's language. */
export const wholePlanDocument = z.looseObject({ digest: z.string() });
