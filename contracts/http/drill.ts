/** A drill as the API takes and answers it. */
import { z } from 'zod';
import { startRequest } from '../inputs/start.ts';
import { drills, type DrillName } from '../scenarios/drill.ts';
import { drillScore } from './drill-score.ts';
import { startedDocument, statusDocument } from './recovery.ts';

/** Body of `POST /v1/drills`. */
export const drillRequest = startRequest
  .pick({ target: true, input: true, reason: true, acknowledgeCoolDown: true })
  .extend({ drill: z.enum(Object.keys(drills) as [DrillName, ...DrillName[]]) });

const links = startedDocument.shape.links.extend({ recovery: z.string() });

/** 202 of `POST /v1/drills`: the recovery that it is. */
export const startedDrillDocument = startedDocument.extend({ links }).meta({ id: 'StartedDrill' });

export const drillDocument = z
  .object({
    id: z.string(),
    drill: z.string(),
    target: z.string(),
    status: statusDocument.shape.status,
    ...drillScore.shape,
    links: links.extend({ wayHome: z.string().optional().describe('The plan of the way home.') }),
  })
  .meta({ id: 'Drill' });
export type DrillDocument = z.infer<typeof drillDocument>;
