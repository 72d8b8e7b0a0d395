/** Finds a recovery by its public id and reads its state from wherever it is known: the running workflow, its records, its memo. */
import type { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { RecordStore } from '../activities/ports/records.ts';
import { recoveryEndKey } from '../activities/records/keys.ts';
import { parseRecoveryId, recoveryWorkflowId } from '../domain/identity.ts';
import { ledgerQuery, statusQuery } from '../domain/messages.ts';
import type { LedgerEntry, RecoveryState } from '../domain/recovery.ts';
import type { StatusMemo } from '../domain/stale.ts';
import type { Execution, Gateway } from './gateway.ts';
import { isFailure, notFound } from './problem.ts';
import { createSharedFlight } from './shared-flight.ts';
import { failedState, readStartRecord, stateAtStart } from './recovery-start-record.ts';

/** A recovery's state; `asOf` is set when it is what was last known, because nobody answers for it now. */
export interface Known {
  readonly state: RecoveryState;
  readonly asOf?: string;
}

/** Where a recovery runs: its workflow id and the first run of its chain. */
export interface Located {
  readonly id: string;
  readonly workflowId: string;
  readonly firstRunId: string;
}

export interface RecoveryReader {
  /** Fails with `not-found` when the id cannot be one. Says nothing about whether it exists. */
  locate(id: string): Promise<Located>;
  /** Fails: not-found, temporal-away. */
  read(id: string): Promise<Known>;
  /** The newest run of the recovery, which a Reset may have replaced; undefined when Temporal knows none. */
  run(located: Located): Promise<Execution | undefined>;
  /** The whole ledger as far as it can be had. */
  ledger(id: string): Promise<readonly LedgerEntry[]>;
}

/** It took its whole time, and the next look would too. */
const nobodyAnswered = (outcome: PromiseSettledResult<Known>): boolean =>
  outcome.status === 'rejected' ? isFailure(outcome.reason, 'temporal-away') : outcome.value.asOf !== undefined;

/** What workflows keep in their memo for the time without a worker. */
const memoSchema = z.object({
  status: z.object({
    state: z.looseObject({ status: z.string(), steps: z.array(z.unknown()), waitingFor: z.array(z.unknown()) }),
    at: z.string(),
  }),
});
/** Undefined where the memo is another's, such as that of a run started past the API. */
export function memoOfRun(run: Execution): StatusMemo | undefined {
  const memo = memoSchema.safeParse(run.memo);
  return memo.success ? (memo.data.status as unknown as StatusMemo) : undefined;
}
const endSchema = z.object({ state: z.looseObject({ status: z.string() }), ledger: z.array(z.unknown()) });

export function createRecoveryReader({ gateway, records }: { gateway: Gateway; records: RecordStore }): RecoveryReader {
  async function endRecord(id: string): Promise<{ state: RecoveryState; ledger: LedgerEntry[] } | undefined> {
    const body = await records.get(recoveryEndKey(id));
    if (body === undefined) return undefined;
    return endSchema.parse(JSON.parse(body)) as unknown as { state: RecoveryState; ledger: LedgerEntry[] };
  }

  async function locate(id: string): Promise<Located> {
    const parsed = parseRecoveryId(id);
    if (!parsed) throw noRecovery(id);
    const workflowId = (await readStartRecord(records, id))?.workflowId ?? recoveryWorkflowId(parsed.target);
    return { id, workflowId, firstRunId: parsed.runId };
  }

  async function run({ workflowId, firstRunId }: Located): Promise<Execution | undefined> {
    const newest = await gateway.describe(workflowId);
    return newest?.firstRunId === firstRunId ? newest : gateway.describe(workflowId, firstRunId);
  }

  /** While no worker answers: the memo of the open run, or what its start said. */
  async function lastKnown(located: Located): Promise<Known> {
    const execution = await run(located);
    if (execution?.state !== 'running') return ended(located, execution);
    return remembered(located, execution);
  }

  async function remembered({ id }: Located, execution: Execution): Promise<Known> {
    const memo = memoOfRun(execution);
    if (memo) return { state: { ...memo.state, id }, asOf: memo.at };
    const start = await readStartRecord(records, id);
    if (start) return { state: stateAtStart(start), asOf: start.startedAt };
    throw noRecovery(id);
  }

  async function ended(located: Located, execution: Execution | undefined): Promise<Known> {
    const end = await endRecord(located.id);
    if (end) return { state: end.state };
    if (!execution) {
      // Temporal has forgotten it and it left no end.
      const start = await readStartRecord(records, located.id);
      if (start) return { state: failedState(stateAtStart(start), start.startedAt) };
      throw noRecovery(located.id);
    }
    if (execution.state === 'running') return remembered(located, execution);
    if (execution.state === 'completed') return { state: (await gateway.result(execution)) as RecoveryState };
    const last = await gateway.queryRun(execution, statusQuery).catch(async (error: unknown) => {
      if (isFailure(error, 'temporal-away')) throw error;
      return (await remembered(located, execution)).state;
    });
    return { state: failedState(last, execution.closedAt ?? execution.startedAt) };
  }

  async function read(id: string): Promise<Known> {
    const located = await locate(id);
    try {
      const state = await gateway.queryOpen(located.workflowId, statusQuery);
      if (state.id === id) return { state };
    } catch (error) {
      if (isFailure(error, 'no-worker')) return lastKnown(located);
      if (isFailure(error, 'temporal-away')) {
        const end = await endRecord(id);
        if (end) return { state: end.state };
        throw error;
      }
      if (!isFailure(error, 'closed', 'not-found')) throw error;
    }
    return ended(located, await run(located));
  }

  return {
    locate,
    run,
    // Temporal holds one query for a busy workflow and turns the others away; and a screen in a crisis room has many readers.
    read: createSharedFlight(read, nobodyAnswered),

    async ledger(id) {
      const located = await locate(id);
      const execution = await run(located);
      const end = execution?.state === 'running' ? undefined : await endRecord(id);
      if (end) return end.ledger;
      return execution ? gateway.queryRun(execution, ledgerQuery, 0) : [];
    },
  };
}

export const noRecovery = (id: string): ApplicationFailure =>
  notFound({ en: `There is no recovery ${id}.`, ja: `復旧 ${id} はありません。` });
