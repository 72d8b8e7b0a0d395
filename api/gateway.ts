/** What the API needs of Temporal, in its own words; routes and tests know nothing else of it. */
import type { Schedules } from './schedules/port.ts';
import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';

/** A workflow to start. Ids and attributes are visible to everyone who may look at Temporal: never a secret. */
export interface StartWorkflow {
  readonly type: string;
  readonly workflowId: string;
  readonly args: readonly unknown[];
  /** One line for the Temporal UI. */
  readonly summary?: string;
  readonly memo?: Readonly<Record<string, unknown>>;
  readonly attributes?: Attributes;
}

export interface Attributes {
  readonly scenario?: string;
  readonly target?: string;
  readonly status?: string;
  readonly phase?: string;
  readonly site?: string;
  readonly incident?: string;
}

/** One run of a workflow, as Temporal describes it without asking a worker. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
  /** First run of its chain: the same after a Reset. Lists do not know it and repeat `runId`. */
  readonly firstRunId: string;
  readonly type: string;
  readonly state: 'running' | 'completed' | 'broken';
  /** ISO. */
  readonly startedAt: string;
  readonly closedAt?: string;
  readonly memo: Readonly<Record<string, unknown>>;
  readonly attributes: Attributes;
}

export interface ListFilter {
  readonly types: readonly string[];
  /** Any of these; all when left out. */
  readonly targets?: readonly string[];
  /** ISO, inclusive. */
  readonly since?: string;
  readonly until?: string;
  readonly openOnly?: boolean;
}

/** One exact run. */
export interface RunAddress {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * Every call has a deadline below 2 s (`ask` its own) and fails with a row of the failure table:
 * `temporal-away` when Temporal does not answer, `no-worker` when it does but nobody works,
 * otherwise the code that the workflow gave. Nothing is retried past the deadline.
 */
export interface Gateway {
  /** Run id of the new run; undefined when a run with that id is open. */
  start(request: StartWorkflow): Promise<string | undefined>;
  /** Starts a short workflow and waits for its result, at most `withinMs`. Leaves nothing running much longer than that. */
  ask(request: StartWorkflow, withinMs: number): Promise<unknown>;
  /** The named run, or the newest of that workflow id. */
  describe(workflowId: string, runId?: string): Promise<Execution | undefined>;
  /** Asks the newest run of the id. Fails with `closed` when that is not open, with `not-found` when there is none. */
  queryOpen<T, A extends unknown[]>(workflowId: string, query: QueryDefinition<T, A>, ...args: A): Promise<T>;
  /** Asks a run whether it is open or not. */
  queryRun<T, A extends unknown[]>(run: RunAddress, query: QueryDefinition<T, A>, ...args: A): Promise<T>;
  /**
   * Waits for the answer of the newest run of the chain that began with `firstRunId`; the same `updateId` has one effect.
   * Fails with `not-found` when that chain is closed.
   */
  update<T, A extends [unknown, ...unknown[]]>(
    chain: { readonly workflowId: string; readonly firstRunId: string },
    update: UpdateDefinition<T, A>,
    args: A,
    updateId?: string,
  ): Promise<T>;
  /** Durable once it returns, worker or not. */
  signal<A extends unknown[]>(run: RunAddress, signal: SignalDefinition<A>, ...args: A): Promise<void>;
  /** Result of a run that completed. */
  result(run: RunAddress): Promise<unknown>;
  /** Visibility: complete up to about a second ago, in no order, at most 10,000. */
  list(filter: ListFilter): Promise<readonly Execution[]>;
  /** Whether a worker polls the control queue. A killed worker counts for up to a minute more. */
  isServed(): Promise<boolean>;
  readonly schedules: Schedules;
  close(): Promise<void>;
}
