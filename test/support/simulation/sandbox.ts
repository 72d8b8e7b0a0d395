/** The only file that touches the SDK's inside: workflows of the real bundle in the real sandbox, and activities in a context of their own, without a server. */
import { readFileSync } from 'node:fs';
import { asyncLocalStorage, type Context } from '@temporalio/activity';
import { TypedSearchAttributes } from '@temporalio/common';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import type { Workflow, WorkflowCreateOptions } from '@temporalio/worker/lib/workflow/interface.js';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';

export type { Workflow } from '@temporalio/worker/lib/workflow/interface.js';
export type Activation = Parameters<Workflow['activate']>[0];
export type Job = NonNullable<Activation['jobs']>[number];
export type Completion = Awaited<ReturnType<Workflow['activate']>>;
export type Command = NonNullable<NonNullable<NonNullable<Completion['successful']>['commands']>[number]>;

/** What a workflow is told about itself. */
export interface Identity {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly type: string;
  readonly startedAt: number;
  readonly parent: { readonly workflowId: string; readonly runId: string } | undefined;
  readonly root: { readonly workflowId: string; readonly runId: string };
  /** As it was started with. */
  readonly memo: Readonly<Record<string, unknown>>;
}

export interface Sandbox {
  create(identity: Identity): Promise<Workflow>;
}

const namespace = 'default';

/** Loads a bundle once; workflows share its V8 context, each with its own globals and modules. */
export async function openSandbox(codePath: string): Promise<Sandbox> {
  const bundle = parseWorkflowCode(readFileSync(codePath, 'utf8'), codePath);
  // No limit of time for a task: each limit is a thread of its own, which costs more than the task.
  const creator = await ReusableVMWorkflowCreator.create(bundle, undefined as unknown as number, new Set());
  // Stack traces of every promise are for the stack trace query, which nobody asks here.
  (globalHandlers as unknown as { stopPromiseHook(): void }).stopPromiseHook();
  return {
    create: ({ workflowId, runId, firstRunId, type, startedAt, parent, root }) =>
      creator.createWorkflow({
        info: {
          workflowId,
          runId,
          workflowType: type,
          searchAttributes: {},
          typedSearchAttributes: new TypedSearchAttributes(),
          parent: parent && { ...parent, namespace },
          root,
          taskQueue: 'okiagari',
          namespace,
          firstExecutionRunId: firstRunId,
          originalExecutionRunId: runId,
          startTime: new Date(startedAt),
          runStartTime: new Date(startedAt),
          taskTimeoutMs: 2_000,
          attempt: 1,
          historyLength: 3,
          historySize: 0,
          continueAsNewSuggested: false,
          unsafe: { isReplaying: false },
        },
        randomnessSeed: [...Buffer.from(runId)],
        now: startedAt,
        showStackTraceSources: false,
      } as unknown as WorkflowCreateOptions),
  };
}

/** Runs an activity as a worker does: with a context that has a client, beats and can be asked whether it is cancelled. */
export function inActivity<T>(client: unknown, info: object, work: () => Promise<T>): Promise<T> {
  const quiet = (): void => {};
  const context = {
    info,
    client,
    heartbeat: quiet,
    cancelled: new Promise<never>(quiet),
    cancellationSignal: new AbortController().signal,
    sleep: () => Promise.resolve(),
    log: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet, log: quiet },
  };
  return asyncLocalStorage.run(context as unknown as Context, work);
}
