/** A recovery that has told its end and is about to close: it holds its target for a moment more. */
import { setTimeout as delay } from 'node:timers/promises';
import { recoveryWorkflowId } from '../domain/identity.ts';
import type { Gateway } from './gateway.ts';
import { memoOfRun } from './recovery-reader.ts';

/** It keeps its record, gives back its leases and tells people; one whose worker died then is a holder like any other. */
const closesWithinMs = 2_000;
const lookMs = 50;

/** Whoever saw the end and starts the next recovery is not turned away for that moment. */
export async function letEndingClose(gateway: Gateway, target: string): Promise<void> {
  const deadline = Date.now() + closesWithinMs;
  while (Date.now() < deadline) {
    const run = await gateway.describe(recoveryWorkflowId(target));
    if (run?.state !== 'running' || memoOfRun(run)?.state.endedAt === undefined) return;
    await delay(lookMs);
  }
}
