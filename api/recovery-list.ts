/** The list of recoveries: what Temporal's visibility shows, what is too new for it, and what has outlived its retention. */
import { z } from 'zod';
import type { RecordStore } from '../activities/ports/records.ts';
import { recoveryEndKey } from '../activities/records/keys.ts';
import type { RecoverySummary } from '../contracts/http/recovery.ts';
import type { RecoveryListQuery } from '../contracts/http/requests.ts';
import type { ScenarioEntry } from '../contracts/scenario-entry.ts';
import { parseRecoveryId, recoveryId } from '../domain/identity.ts';
import { endedStatuses, recoveryStatuses, type RecoveryState, type RecoveryStatus } from '../domain/recovery.ts';
import { summaryHeadOf, summaryOf } from './documents.ts';
import type { Execution, Gateway } from './gateway.ts';
import { failedState, readStartRecord, stateAtStart } from './recovery-start-record.ts';

interface ListWorld {
  readonly gateway: Gateway;
  readonly records: RecordStore;
  readonly scenarios: readonly ScenarioEntry[];
}

type Filter = Omit<RecoveryListQuery, 'limit' | 'cursor'>;

/** A run that is in the records but not visible is this young, or Temporal has forgotten it. */
const visibleAfterMs = 60_000;

/** All that match, in no order. Recoveries are rare: hundreds, not millions. */
export async function listRecoveries(world: ListWorld, filter: Filter): Promise<RecoverySummary[]> {
  const { gateway, scenarios } = world;
  const { target, since, until } = filter;
  const visible = await gateway.list({
    types: scenarios.map(({ workflowType }) => workflowType),
    ...(target && { targets: target }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  });
  const byId = new Map<string, RecoverySummary>();
  // A Reset leaves several runs with one id; the newest counts.
  for (const run of visible.toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))) {
    const summary = summaryOfRun(run, scenarios);
    if (summary) byId.set(summary.id, summary);
  }
  for (const id of await recordedIds(world.records)) {
    if (byId.has(id) || (target && !target.includes(parseRecoveryId(id)?.target ?? ''))) continue;
    const summary = await summaryOfRecord(world.records, id);
    if (summary) byId.set(id, summary);
  }
  return [...byId.values()].filter((summary) => matches(summary, filter));
}

const memoSchema = z.object({
  requestedBy: z.string().default('unknown'),
  reason: z.string().default(''),
  status: z
    .object({ state: z.looseObject({ id: z.string(), requestedBy: z.string(), reason: z.string() }) })
    .optional()
    .catch(undefined),
});

/** Undefined for the children of recoveries: they belong to their root. */
function summaryOfRun(run: Execution, scenarios: readonly ScenarioEntry[]): RecoverySummary | undefined {
  const [, kind, target] = /^(recovery|dry-run)\/([^/]+)(?:\/[^/]+)?$/.exec(run.workflowId) ?? [];
  if (target === undefined || (kind === 'recovery') !== (run.workflowId === `recovery/${target}`)) return undefined;
  const memo = memoSchema.parse(run.memo);
  const last = memo.status?.state as RecoveryState | undefined;
  const { attributes } = run;
  return summaryOf({
    id: last?.id || recoveryId(target, run.firstRunId),
    scenario: attributes.scenario ?? scenarios.find(({ workflowType }) => workflowType === run.type)?.id ?? run.type,
    target,
    mode: kind === 'dry-run' ? 'dry-run' : 'run',
    status: statusOf(run),
    phase: attributes.phase ?? 'begin',
    requestedBy: last?.requestedBy ?? memo.requestedBy,
    reason: last?.reason ?? memo.reason,
    incident: last?.incident,
    startedAt: last?.startedAt ?? run.startedAt,
    endedAt: last?.endedAt ?? run.closedAt,
  });
}

/** A run that was broken off never wrote its end: it failed, whatever it said last. */
function statusOf({ state, attributes }: Execution): RecoveryStatus {
  const said = attributes.status;
  const known = said !== undefined && Object.hasOwn(recoveryStatuses, said) ? (said as RecoveryStatus) : 'running';
  return state === 'broken' && !endedStatuses.includes(known) ? 'failed' : known;
}

async function recordedIds(records: RecordStore): Promise<Set<string>> {
  const keys = await records.list('recoveries/');
  return new Set(keys.map((key) => key.split('/')[1]!));
}

async function summaryOfRecord(records: RecordStore, id: string): Promise<RecoverySummary | undefined> {
  const end = await records.get(recoveryEndKey(id));
  if (end !== undefined) return summaryOf(summaryHeadOf((JSON.parse(end) as { state: RecoveryState }).state));
  const start = await readStartRecord(records, id);
  if (!start) return undefined;
  const state = stateAtStart(start);
  const young = Date.now() - Date.parse(start.startedAt) < visibleAfterMs;
  return summaryOf(summaryHeadOf(young ? state : failedState(state, start.startedAt)));
}

function matches(summary: RecoverySummary, { status, target, scenario, since, until }: Filter): boolean {
  const startedAt = Date.parse(summary.startedAt);
  return (
    (!status || status.includes(summary.status)) &&
    (!target || target.includes(summary.target)) &&
    (!scenario || scenario.includes(summary.scenario)) &&
    (since === undefined || startedAt >= Date.parse(since)) &&
    (until === undefined || startedAt <= Date.parse(until))
  );
}
