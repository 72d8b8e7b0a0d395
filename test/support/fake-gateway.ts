/** A gateway without Temporal: workflows are values that a test sets, and Temporal or the worker can be taken away. */
import { randomUUID } from 'node:crypto';
import type { Execution, Gateway, RunAddress, StartWorkflow } from '../../api/gateway.ts';
import { fail } from '../../domain/fail.ts';
import { createFakeSchedules, type FakeSchedules } from './fake-schedules.ts';
import type { ApplicationFailure } from '@temporalio/common';

/** A run, with what it would answer. A test changes it in place. */
export interface FakeRun extends Omit<Execution, 'state' | 'closedAt'> {
  state: Execution['state'];
  closedAt?: string;
  memo: Record<string, unknown>;
  attributes: Record<string, string>;
  readonly request: StartWorkflow;
  /** Answers by the name of the query. */
  readonly queries: Map<string, (...args: unknown[]) => unknown>;
  readonly updates: Map<string, (...args: unknown[]) => unknown>;
  /** By update id, as Temporal keeps them. */
  readonly updated: Map<string, Promise<unknown>>;
  readonly signals: { readonly name: string; readonly args: readonly unknown[] }[];
  /** Hears a signal as it comes. */
  onSignal?: (signal: { readonly name: string; readonly args: readonly unknown[] }) => void;
  result?: unknown;
}

export interface FakeGateway extends Gateway {
  readonly runs: FakeRun[];
  /** Calls by method, to count them. */
  readonly calls: string[];
  readonly schedules: FakeSchedules;
  temporal: 'here' | 'away';
  worker: 'here' | 'gone';
  /** Called for every start, to shape the run. */
  onStart: (run: FakeRun) => void;
  /** Answers of `ask`, by activity. */
  readonly asked: Map<string, (input: unknown) => unknown>;
  /** The newest run of a workflow id. */
  newest(workflowId: string): FakeRun | undefined;
  /** Puts a run there as if somebody else had started it. */
  add(workflowId: string, run?: Partial<FakeRun>): FakeRun;
}

export const temporalAway = (): ApplicationFailure =>
  fail('temporal-away', { en: 'Temporal does not answer.', ja: '応答なし。' });
const noWorker = (): ApplicationFailure => fail('no-worker', { en: 'No worker answers.', ja: 'ワーカーなし。' });
const absent = (): ApplicationFailure => fail('not-found', { en: 'No such run.', ja: 'ありません。' });

export function createFakeGateway(): FakeGateway {
  const runs: FakeRun[] = [];
  const calls: string[] = [];
  const asked = new Map<string, (input: unknown) => unknown>();

  const toTemporal = async (call: string): Promise<void> => {
    calls.push(call);
    await Promise.resolve();
    if (fake.temporal === 'away') throw temporalAway();
  };
  const toWorker = async (call: string): Promise<void> => {
    await toTemporal(call);
    if (fake.worker === 'gone') throw noWorker();
  };
  const newest = (workflowId: string): FakeRun | undefined => runs.findLast((run) => run.workflowId === workflowId);
  const exact = ({ workflowId, runId }: RunAddress): FakeRun => {
    const run = runs.find((one) => one.workflowId === workflowId && one.runId === runId);
    if (!run) throw absent();
    return run;
  };
  const ask = (run: FakeRun, query: { name: string }, args: unknown[]): never => {
    const answer = run.queries.get(query.name);
    if (!answer) throw noWorker();
    return structuredClone(answer(...args)) as never;
  };

  const add = (workflowId: string, more: Partial<FakeRun> = {}): FakeRun => {
    const runId = randomUUID();
    const run: FakeRun = {
      workflowId,
      runId,
      firstRunId: runId,
      type: 'unknown',
      state: 'running',
      startedAt: new Date().toISOString(),
      memo: {},
      attributes: {},
      request: { type: 'unknown', workflowId, args: [] },
      queries: new Map(),
      updates: new Map(),
      updated: new Map(),
      signals: [],
      ...more,
    };
    runs.push(run);
    return run;
  };

  const fake: FakeGateway = {
    runs,
    calls,
    asked,
    temporal: 'here',
    worker: 'here',
    onStart: () => {},
    newest,
    add,

    async start(request) {
      await toTemporal('start');
      if (newest(request.workflowId)?.state === 'running') return undefined;
      const run = add(request.workflowId, {
        type: request.type,
        request,
        memo: structuredClone({ ...request.memo }),
        attributes: { ...request.attributes },
      });
      fake.onStart(run);
      return run.runId;
    },
    async ask(request) {
      await toWorker('ask');
      const [{ activity, input }] = request.args as [{ activity: string; input: unknown }];
      const answer = asked.get(activity);
      if (!answer) throw noWorker();
      return structuredClone(await answer(input));
    },
    async describe(workflowId, runId) {
      await toTemporal('describe');
      const run =
        runId === undefined ? newest(workflowId) : runs.find((one) => one.workflowId === workflowId && one.runId === runId);
      return run && { ...run };
    },
    async queryOpen(workflowId, query, ...args) {
      await toTemporal('queryOpen');
      const run = newest(workflowId);
      if (!run) throw absent();
      if (run.state !== 'running') throw fail('closed', { en: 'The run has ended.', ja: '終了。' });
      await toWorker('queryOpen');
      return ask(run, query, args);
    },
    async queryRun(address, query, ...args) {
      await toWorker(`queryRun ${address.workflowId}`);
      return ask(exact(address), query, args);
    },
    async update({ workflowId, firstRunId }, update, args, updateId = randomUUID()) {
      await toTemporal('update');
      const run = runs.findLast((one) => one.workflowId === workflowId && one.firstRunId === firstRunId);
      const known = run?.updated.get(updateId);
      if (known) return known as never;
      if (!run || run !== newest(workflowId) || run.state !== 'running') throw absent();
      await toWorker('update');
      const answer = run.updates.get(update.name);
      if (!answer) throw noWorker();
      const outcome = (async () => answer(...(args as unknown[])))();
      run.updated.set(updateId, outcome);
      return outcome as never;
    },
    async signal(address, signal, ...args) {
      await toTemporal('signal');
      const run = exact(address);
      if (run.state !== 'running') throw absent();
      const heard = { name: signal.name, args: args as unknown[] };
      run.signals.push(heard);
      run.onSignal?.(heard);
    },
    async result(address) {
      await toTemporal('result');
      const { result } = exact(address);
      if (result instanceof Error) throw result;
      return structuredClone(result);
    },
    async list({ types, targets, since, until, openOnly }) {
      await toTemporal('list');
      return runs
        .filter(
          (run) =>
            types.includes(run.type) &&
            (!targets || targets.includes(run.attributes['target'] ?? '')) &&
            (since === undefined || Date.parse(run.startedAt) >= Date.parse(since)) &&
            (until === undefined || Date.parse(run.startedAt) <= Date.parse(until)) &&
            (!openOnly || run.state === 'running'),
        )
        .map((run) => ({ ...run, firstRunId: run.runId }));
    },
    async isServed() {
      await toTemporal('isServed');
      return fake.worker === 'here';
    },
    schedules: createFakeSchedules(toTemporal),
    close: () => Promise.resolve(),
  };
  return fake;
}
