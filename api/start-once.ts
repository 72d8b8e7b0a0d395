/** Starts a workflow for a POST so that a repeat after a crash finds the first one instead of starting another. */
import type { Execution, Gateway, StartWorkflow } from './gateway.ts';
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
  if (runId !== undefined) return { workflowId, runId, startedAt };
  // Taken: perhaps by this very request, which another process took for dead and went on with.
  return claim && ownRun(await gateway.describe(workflowId), claim);
}

/** The run that an earlier request with this key started: the newest of the id, or one that has been followed by others. */
async function startedBefore(
  gateway: Gateway,
  { workflowId, type, attributes }: StartWorkflow,
  claim: Claim,
): Promise<Started | undefined> {
  const newest = ownRun(await gateway.describe(workflowId), claim);
  if (newest) return newest;
  const found = await gateway.list({
    types: [type],
    ...(attributes?.target !== undefined && { targets: [attributes.target] }),
    since: new Date(Date.parse(claim.since) - skewMs).toISOString(),
  });
  return found.map((run) => ownRun(run, claim)).find((own) => own !== undefined);
}

/** The run as far as this key started it. */
function ownRun(run: Execution | undefined, { key }: Claim): Started | undefined {
  if (run?.memo['idempotency'] !== key) return undefined;
  return { workflowId: run.workflowId, runId: run.firstRunId, startedAt: run.startedAt };
}
