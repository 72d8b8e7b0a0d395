/** The gateway made real; the only file that knows the Temporal client. */
import {
  Client,
  Connection,
  isGrpcDeadlineError,
  isGrpcServiceError,
  isRetryableError,
  makeGrpcRetryInterceptor,
  QueryRejectedError,
  ScheduleNotFoundError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type ConnectionOptions,
  type GrpcRetryOptions,
  type WorkflowExecutionInfo,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { fail } from '../domain/fail.ts';
import { controlQueue } from '../domain/identity.ts';
import type { Execution, Gateway, StartWorkflow } from './gateway.ts';
import { createTemporalSchedules } from './temporal-schedules.ts';
import { away, noWorker, statedFailure } from './stated-failure.ts';
import { attributesOf, listQueryOf, pairsOf } from './visibility.ts';

/** A call that only Temporal answers; longer means that it is away. */
const plainMs = 1_300;
/** A call that a worker answers, and the look whether Temporal or the worker is missing; together below 2 s. */
const workerMs = 1_100;
const probeMs = 400;
const listLimit = 10_000;
/** A worker polls anew at least once a minute. */
const pollFreshMs = 75_000;

/** Rides over a hiccup and then says at once that Temporal is away. The client's own retries grow past every deadline. */
const retries: GrpcRetryOptions = {
  delayFunction: () => 80 + Math.random() * 40,
  retryableDecider: (attempt, status) => attempt <= 4 && isRetryableError(status),
};

/** gRPC status codes by number, as the protocol fixes them. */
const grpc = { cancelled: 1, resourceExhausted: 8, failedPrecondition: 9, unavailable: 14 };

/** Connects lazily, by the standard `TEMPORAL_*` variables and profiles where nothing is given. */
export function createTemporalGateway(options: Partial<ConnectionOptions & { namespace: string }> = {}): Gateway {
  const { connectionOptions, namespace: configured } = loadClientConnectConfig();
  const { namespace = configured ?? 'default', ...given } = options;
  const connection = Connection.lazy({
    ...(connectionOptions as ConnectionOptions),
    ...given,
    interceptors: [makeGrpcRetryInterceptor(retries)],
    channelArgs: {
      // Without these the API stays blind for up to 9 s after Temporal is back.
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 1_000,
      'grpc.use_local_subchannel_pool': 1,
    },
  });
  const client = new Client({ connection, namespace });
  const anyRun = client.workflow;
  const openRun = new Client({ connection, namespace, workflow: { queryRejectCondition: 'NOT_OPEN' } }).workflow;

  const isHere = async (): Promise<boolean> => {
    const look = connection.withDeadline(Date.now() + probeMs, () => connection.workflowService.getSystemInfo({}));
    return (await Promise.allSettled([look]))[0].status === 'fulfilled';
  };

  /** Runs a call within its time and turns what goes wrong into a row of the failure table. */
  async function within<T>(ms: number, needs: 'temporal' | 'worker', call: () => Promise<T>): Promise<T> {
    try {
      return await connection.withDeadline(Date.now() + ms, call);
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== 'no answer') throw failure;
      throw needs === 'worker' && (await isHere()) ? noWorker() : away();
    }
  }

  async function startRun(request: StartWorkflow, extra: Partial<WorkflowStartOptions> = {}): Promise<string | undefined> {
    try {
      const handle = await anyRun.start(request.type, {
        workflowId: request.workflowId,
        taskQueue: controlQueue,
        args: [...request.args],
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        // A worker that dies in a workflow task is replaced after 2 s instead of 10.
        workflowTaskTimeout: '2s',
        ...(request.summary !== undefined && { staticSummary: request.summary }),
        ...(request.memo && { memo: { ...request.memo } }),
        ...(request.attributes && { typedSearchAttributes: pairsOf(request.attributes) }),
        ...extra,
      });
      return handle.firstExecutionRunId;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
      throw error;
    }
  }

  return {
    start: (request) => within(plainMs, 'temporal', () => startRun(request)),

    async ask(request, withinMs) {
      const runId = await within(plainMs, 'temporal', () => startRun(request, { workflowExecutionTimeout: withinMs + 1_000 }));
      return within(withinMs, 'worker', () => anyRun.result(request.workflowId, runId));
    },

    async describe(workflowId, runId) {
      try {
        const found = await within(plainMs, 'temporal', () => anyRun.getHandle(workflowId, runId).describe());
        return executionOf(found, found.raw.workflowExecutionInfo?.firstRunId || found.runId);
      } catch (error) {
        if (error instanceof ApplicationFailure && error.type === 'not-found') return undefined;
        throw error;
      }
    },

    queryOpen: (workflowId, query, ...args) =>
      within(workerMs, 'worker', () => openRun.getHandle(workflowId).query(query, ...args)),
    queryRun: (run, query, ...args) =>
      within(workerMs, 'worker', () => anyRun.getHandle(run.workflowId, run.runId).query(query, ...args)),

    update: ({ workflowId, firstRunId }, update, args, updateId) =>
      within(workerMs, 'worker', () =>
        anyRun
          .getHandle(workflowId, undefined, { firstExecutionRunId: firstRunId })
          .executeUpdate(update, { args, ...(updateId !== undefined && { updateId }) }),
      ),

    signal: (run, signal, ...args) =>
      within(plainMs, 'temporal', () => anyRun.getHandle(run.workflowId, run.runId).signal(signal, ...args)),

    result: (run) => within(plainMs, 'temporal', () => anyRun.result(run.workflowId, run.runId)),

    list: (filter) =>
      within(plainMs, 'temporal', async () => {
        const found: Execution[] = [];
        for await (const info of anyRun.list({ query: listQueryOf(filter), pageSize: 1_000 })) {
          found.push(executionOf(info, info.runId));
          if (found.length === listLimit) break;
        }
        return found;
      }),

    isServed: () =>
      within(plainMs, 'temporal', async () => {
        const { pollers } = await connection.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: controlQueue },
          taskQueueType: 1,
        });
        const fresh = (seconds: number): boolean => seconds * 1_000 > Date.now() - pollFreshMs;
        return (pollers ?? []).some(({ lastAccessTime }) => fresh(Number(lastAccessTime?.seconds ?? 0)));
      }),

    schedules: createTemporalSchedules(client.schedule, (work) => within(plainMs, 'temporal', work)),

    close: () => connection.close(),
  };
}

/** The failure behind an error of the client; `no answer` where only a further look tells what is missing. */
function failureOf(error: unknown): unknown {
  const isMissing = error instanceof WorkflowNotFoundError || error instanceof ScheduleNotFoundError;
  if (isMissing) return fail('not-found', { en: 'No such run.', ja: '該当する実行がありません。' });
  if (error instanceof QueryRejectedError) return fail('closed', { en: 'The run has ended.', ja: '実行は終了しています。' });
  if (error instanceof WorkflowUpdateFailedError || error instanceof WorkflowFailedError) return statedFailure(error) ?? error;
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error)) return 'no answer';
  const cause = error instanceof Error ? error.cause : undefined;
  const code = isGrpcServiceError(cause) ? cause.code : isGrpcServiceError(error) ? error.code : undefined;
  // Exhausted: too much at once for Temporal, or too many queries wait for a worker that is not there.
  if (code === grpc.unavailable || code === grpc.cancelled || code === grpc.resourceExhausted) return 'no answer';
  // Nobody has polled the queue lately, or no worker has begun this run yet.
  if (code === grpc.failedPrecondition) return noWorker();
  return error;
}

function executionOf(info: Omit<WorkflowExecutionInfo, 'raw'>, firstRunId: string): Execution {
  const { workflowId, runId, type, startTime, closeTime, memo = {} } = info;
  return {
    workflowId,
    runId,
    firstRunId,
    type,
    state: info.status.name === 'RUNNING' ? 'running' : info.status.name === 'COMPLETED' ? 'completed' : 'broken',
    startedAt: startTime.toISOString(),
    ...(closeTime && { closedAt: closeTime.toISOString() }),
    memo,
    attributes: attributesOf(info.typedSearchAttributes),
  };
}
