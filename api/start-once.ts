/** Starts a workflow for a POST so that a repeat after a crash finds the first one instead of starting another. */
import type { Gateway, StartWorkflow } from './gateway.ts';
import type { Claim } from './idempotency.ts';

export interface Started {
  readonly workflowId: string;
  /** First run of its chain. */
  readonly runId: string;
  readonly startedAt: string;
}

/** Clocks of API and Temporal may differ by this much. */
const skewMs = 60_000;

/** Undefined when another run with this id is open. */
export async function startOnce(
  gateway: Gateway,
  request: StartWorkflow,
  claim: Claim | undefined,
): Promise<Started | undefined> {
  const { workflowId } = request;
  if (claim?.resumes) {
    const first = await startedBefore(gateway, request, claim);
    if (first) return first;
  }
  const memo = { ...request.memo, ...(claim && { idempotency: claim.key }) };
  const startedAt = new Date().toISOString();
  const runId = await gateway.start({ ...request, memo });
  return runId === undefined ? undefined : { workflowId, runId, startedAt };
}

/** The run that an earlier request with this key started: the newest of the id, or one that has been followed by others. */
async function startedBefore(
  gateway: Gateway,
  { workflowId, type, attributes }: StartWorkflow,
  { key, since }: Claim,
): Promise<Started | undefined> {
  const newest = await gateway.describe(workflowId);
  if (newest?.memo['idempotency'] === key) return { workflowId, runId: newest.firstRunId, startedAt: newest.startedAt };
  const found = await gateway.list({
    types: [type],
    ...(attributes?.target !== undefined && { targets: [attributes.target] }),
    since: new Date(Date.parse(since) - skewMs).toISOString(),
  });
  const first = found.find(({ memo }) => memo['idempotency'] === key);
  return first && { workflowId: first.workflowId, runId: first.firstRunId, startedAt: first.startedAt };
}
