/** What the API itself knows of a recovery from the moment of its start, and the states that follow from only that. */
import { z } from 'zod';
import type { RecordStore } from '../activities/ports/records.ts';
import { recoveryStartKey } from '../activities/records/keys.ts';
import { splitTime } from '../domain/clock.ts';
import type { RecoveryState } from '../domain/recovery.ts';

/**
 * `recoveries/<id>/start.json`: makes the public id resolve to its workflow at once and for ever. The workflow writes the
 * part it knows where no API did (a start past the API, an API that died in between), hence the defaults.
 */
const startRecordSchema = z.object({
  id: z.string(),
  workflowId: z.string(),
  runId: z.string().optional(),
  scenario: z.string(),
  target: z.string(),
  mode: z.enum(['run', 'dry-run']),
  startedAt: z.string(),
  requestedBy: z.string().default('unknown'),
  reason: z.string().default(''),
  detectedAt: z.string().optional(),
  brokenSince: z.string().optional(),
  incident: z.string().optional(),
  objectives: z.object({ rtoMs: z.number(), rpoMs: z.number() }).default({ rtoMs: 0, rpoMs: 0 }),
});
export type StartRecord = z.infer<typeof startRecordSchema>;

export async function readStartRecord(records: RecordStore, id: string): Promise<StartRecord | undefined> {
  const body = await records.get(recoveryStartKey(id));
  return body === undefined ? undefined : startRecordSchema.parse(JSON.parse(body));
}

export const keepStartRecord = (records: RecordStore, record: StartRecord): Promise<void> =>
  records.put(recoveryStartKey(record.id), JSON.stringify(record));

/** A recovery that nobody has begun to work on. */
export function stateAtStart(start: Omit<StartRecord, 'workflowId'>): RecoveryState {
  const { id, scenario, target, mode, requestedBy, reason, incident, startedAt } = start;
  const at = Date.parse(startedAt);
  return {
    id,
    scenario,
    target,
    mode,
    status: 'running',
    phase: 'begin',
    requestedBy,
    reason,
    ...(incident !== undefined && { incident }),
    startedAt,
    steps: [],
    waitingFor: [],
    timing: splitTime({
      ...(start.brokenSince !== undefined && { brokenSince: Date.parse(start.brokenSince) }),
      ...(start.detectedAt !== undefined && { detectedAt: Date.parse(start.detectedAt) }),
      startedAt: at,
      until: at,
      approvals: [],
      decisions: [],
    }),
    objectives: { ...start.objectives, metRto: null, metRpo: null },
    ledger: 0,
  };
}

/** A recovery that was terminated: nobody wrote its end, so its changes may remain and nothing of it goes on. */
export function failedState(last: RecoveryState, endedAt: string): RecoveryState {
  return {
    ...last,
    status: 'failed',
    endedAt: last.endedAt ?? endedAt,
    steps: last.steps.map((step) =>
      step.outcome === 'running' || step.outcome === 'waiting' ? { ...step, outcome: 'failed', endedAt } : step,
    ),
    waitingFor: [],
    objectives: { ...last.objectives, metRto: false, metRpo: last.objectives.metRpo ?? false },
  };
}
