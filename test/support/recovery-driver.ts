/** The few things a test does with a running recovery: look, wait for a state, a gate or the end, decide. */
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { Statement } from '../../domain/gate.ts';
import { decideUpdate, ledgerQuery, statusQuery, type DecisionAnswer } from '../../domain/messages.ts';
import { hasEnded, type Decision, type LedgerEntry, type RecoveryState, type Waiting } from '../../domain/recovery.ts';
import { recordHistory } from './record-history.ts';

export interface RecoveryDriver {
  state(workflowId: string): Promise<RecoveryState>;
  ledger(workflowId: string): Promise<readonly LedgerEntry[]>;
  /** Every English sentence of the ledger, one a line. */
  sentences(workflowId: string): Promise<string>;
  /** Waits until the state satisfies; throws with the last state when patience ends. Rides over a worker or server that is away. */
  until(workflowId: string, satisfies: (state: RecoveryState) => boolean, patienceMs?: number): Promise<RecoveryState>;
  /** Waits for a gate whose name begins so. */
  gate(workflowId: string, name: string): Promise<Waiting>;
  decide(
    workflowId: string,
    gate: Waiting,
    by: string,
    decision: Decision,
    more?: { digest?: string; input?: unknown; recovery?: string; at?: string },
  ): Promise<DecisionAnswer>;
  /** Sends a signed statement again and again under one update id until it is answered: workers may die meanwhile. */
  sendDecision(workflowId: string, statement: Statement): Promise<DecisionAnswer>;
  /** Waits for the gate, and Ren approves it. Answers what was asked. */
  approve(workflowId: string, gate: string): Promise<Waiting>;
  result(workflowId: string): Promise<RecoveryState>;
  /** The result; fails at once where people are asked. */
  unattended(workflowId: string): Promise<RecoveryState>;
  /** Keeps the history of a recovery that has ended, for replay. */
  record(workflowId: string, name: string): Promise<void>;
}

/** A look costs the worker and the Temporal server some milliseconds of the processor that the recovery needs as well. */
const betweenLooksMs = 50;

/** `sign` gives what the trusted key would. */
export function createDriver(client: Client, sign: (statement: Statement) => string, patienceMs = 100_000): RecoveryDriver {
  const handle = (workflowId: string) => client.workflow.getHandle(workflowId);
  const state = (workflowId: string) => handle(workflowId).query(statusQuery);
  const until: RecoveryDriver['until'] = async (workflowId, satisfies, patience = patienceMs) => {
    const deadline = Date.now() + patience;
    let last: unknown;
    while (Date.now() < deadline) {
      try {
        const now = await client.withDeadline(Date.now() + 3_000, () => state(workflowId));
        if (satisfies(now)) return now;
        last = now;
      } catch (error) {
        last = error;
      }
      await delay(betweenLooksMs);
    }
    throw new Error(`Never so: ${last instanceof Error ? last.message : JSON.stringify(last, undefined, 1)}`);
  };
  const ledger = (workflowId: string) => handle(workflowId).query(ledgerQuery, 0);
  const result = (workflowId: string) => handle(workflowId).result() as Promise<RecoveryState>;
  const gate: RecoveryDriver['gate'] = async (workflowId, name) => {
    const now = await until(workflowId, ({ waitingFor }) => waitingFor.some((one) => one.gate.startsWith(name)));
    return now.waitingFor.find((one) => one.gate.startsWith(name))!;
  };
  const decide: RecoveryDriver['decide'] = async (workflowId, asked, by, decision, more = {}) => {
    const { id } = await state(workflowId);
    const statement = {
      recovery: id,
      gate: asked.gate,
      digest: asked.digest,
      decision,
      by,
      at: new Date().toISOString(),
      reason: 'test',
      ...more,
    };
    return handle(workflowId).executeUpdate(decideUpdate, { args: [{ statement, signature: sign(statement) }] });
  };
  return {
    ...{ state, until, ledger, gate, decide, result },
    sentences: async (workflowId) =>
      (await ledger(workflowId)).map((entry) => ('sentence' in entry ? entry.sentence?.en : '')).join('\n'),
    async sendDecision(workflowId, statement) {
      const deadline = Date.now() + patienceMs;
      for (;;) {
        try {
          return await client.withDeadline(Date.now() + 5_000, () =>
            handle(workflowId).executeUpdate(decideUpdate, {
              args: [{ statement, signature: sign(statement) }],
              updateId: `${statement.gate} ${statement.by} ${statement.at}`,
            }),
          );
        } catch (error) {
          if (error instanceof WorkflowUpdateFailedError || Date.now() > deadline) throw error;
        }
      }
    },
    async approve(workflowId, name) {
      const asked = await gate(workflowId, name);
      await decide(workflowId, asked, 'ren', 'approve');
      return asked;
    },
    async unattended(workflowId) {
      const { waitingFor } = await until(workflowId, (now) => hasEnded(now.status) || now.waitingFor.length > 0);
      if (waitingFor.length > 0) throw new Error(`People are asked: ${waitingFor.map(({ title }) => title.en).join('; ')}`);
      return result(workflowId);
    },
    record: (workflowId, name) => recordHistory(handle(workflowId), name),
  };
}

/** Why a decision was refused. Fails where it was not. */
export async function refusal(decision: Promise<unknown>): Promise<ApplicationFailure> {
  try {
    await decision;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return error.cause as ApplicationFailure;
    throw error;
  }
  throw new Error('The decision was not refused.');
}

/** Every step as `[path/name, outcome]`, in the order of the ledger. */
export const outcomesOf = (state: RecoveryState): [string, string][] =>
  state.steps.map(({ path, name, outcome }) => [path ? `${path}/${name}` : name, outcome]);

/** The same by name. */
export const outcomesByStep = (state: RecoveryState): Record<string, string> => Object.fromEntries(outcomesOf(state));

/** What the step of this name said, in English. */
export const sentenceOf = ({ steps }: RecoveryState, step: string): string | undefined =>
  steps.find(({ name }) => name === step)?.sentence.en;

export const evidenceOf = ({ steps }: RecoveryState, step: string) => steps.find(({ name }) => name === step)?.evidence;
