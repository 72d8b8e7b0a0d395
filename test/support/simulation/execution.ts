/** One workflow run as the server keeps it: what happened to it, and a sandbox that can be thrown away and told everything again. */
import { isDeepStrictEqual } from 'node:util';
import { defaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { Activation, Command, Completion, Identity, Job, Sandbox, Workflow } from './sandbox.ts';

/** A workflow task that failed, or went another way when it was replayed. */
export class TaskFailed extends Error {
  override name = 'TaskFailed';
}

/** A whole workflow task: what the workflow was told, what it answered. */
export interface Task {
  readonly jobs: readonly Job[];
  readonly at: number;
  /** Events in the history so far, and whether the server thinks that they are many. */
  readonly historyLength: number;
  readonly isLong: boolean;
  readonly commands: readonly Command[];
  readonly flags: readonly number[];
}

export type Status = 'open' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'continued';

export class Execution {
  readonly identity: Identity;
  status: Status = 'open';
  /** Why it failed, as the parent hears it, or what it answered. */
  ending: Command | undefined;
  /** What it will be told with the next task. */
  pending: Job[] = [];
  /** Timers that have neither fired nor been cancelled. */
  readonly timers = new Set<number>();
  /** A task is on its way. */
  due = false;
  readonly longAfter: number;
  readonly #sandbox: Sandbox;
  readonly #tasks: Task[] = [];
  #workflow: Workflow | undefined;
  replays = 0;

  /** After `longAfter` tasks the server suggests to continue as new. */
  constructor(identity: Identity, sandbox: Sandbox, longAfter = Infinity) {
    this.identity = identity;
    this.longAfter = longAfter;
    this.#sandbox = sandbox;
  }

  /** Before its first task it can answer nothing. */
  get hasBegun(): boolean {
    return this.#tasks.length > 0;
  }

  /** Tells what is pending; the answer does not count before `keep`. */
  async task(now: number): Promise<Task> {
    const jobs = this.pending.splice(0).toSorted((a, b) => rank(a) - rank(b));
    const told = { jobs, at: now, historyLength: 3 + this.#tasks.length * 3, isLong: this.#tasks.length >= this.longAfter };
    const workflow = this.#workflow ?? (await this.#replay());
    return { ...told, ...(await this.#tell(workflow, { ...told, flags: [], isReplaying: false })) };
  }

  keep(task: Task): void {
    this.#tasks.push(task);
  }

  /** Asks without leaving a trace; also after the end. */
  async query(name: string, args: readonly unknown[]): Promise<unknown> {
    const workflow = this.#workflow ?? (await this.#replay());
    const query = { queryId: 'query', queryType: name, arguments: args.map((arg) => defaultPayloadConverter.toPayload(arg)) };
    const completion = await workflow.activate({
      runId: this.identity.runId,
      jobs: [{ variant: 'queryWorkflow', queryWorkflow: query } as unknown as Job],
    });
    const answer = commandsOf(completion, this.identity)[0]?.respondToQuery;
    if (!answer?.succeeded?.response) throw new TaskFailed(`query ${name} failed: ${answer?.failed?.message}`);
    return defaultPayloadConverter.fromPayload(answer.succeeded.response);
  }

  /** Forgets everything but what was recorded, as when the worker dies or needs the room. */
  async evict(): Promise<void> {
    const workflow = this.#workflow;
    this.#workflow = undefined;
    await workflow?.dispose();
  }

  async #replay(): Promise<Workflow> {
    const workflow = await this.#sandbox.create(this.identity);
    this.#workflow = workflow;
    if (this.#tasks.length > 0) this.replays++;
    for (const [n, task] of this.#tasks.entries()) {
      const { jobs, commands } = asRecorded(task);
      if (jobs.length === 0 && commands.length === 0) continue;
      const patches = commands.flatMap(({ setPatchMarker }) =>
        setPatchMarker ? [{ notifyHasPatch: { patchId: setPatchMarker.patchId } }] : [],
      );
      const again = await this.#tell(workflow, { ...task, jobs: [...patches, ...jobs], isReplaying: true });
      if (isDeepStrictEqual(again.commands, commands)) continue;
      const differing = commands.findIndex((command, at) => !isDeepStrictEqual(command, again.commands[at]));
      const wanted = nameOf(commands[differing]);
      throw new TaskFailed(
        `task ${n + 1} replayed differently: ${wanted} became ${nameOf(again.commands[Math.max(0, differing)])}`,
      );
    }
    return workflow;
  }

  async #tell(
    workflow: Workflow,
    { jobs, at, historyLength, isLong, isReplaying, flags }: Omit<Task, 'commands'> & { isReplaying: boolean },
  ): Promise<Pick<Task, 'commands' | 'flags'>> {
    const activation: Activation = {
      runId: this.identity.runId,
      timestamp: msToTs(at),
      isReplaying,
      historyLength,
      continueAsNewSuggested: isLong,
      availableInternalFlags: [...flags],
      jobs: [...jobs],
    };
    const completion = await workflow.activate(activation);
    await workflow.getAndResetSinkCalls();
    const commands = commandsOf(completion, this.identity);
    return { commands, flags: completion.successful?.usedInternalFlags ?? [] };
  }
}

function commandsOf({ failed, successful }: Completion, { workflowId, type }: Identity): readonly Command[] {
  if (failed) {
    const error = defaultFailureConverter.failureToError(failed.failure!, defaultPayloadConverter);
    throw new TaskFailed(`${workflowId} (${type}): ${error.stack ?? error.message}`);
  }
  return successful?.commands ?? [];
}

/** As history has it: an update that its validator refused never happened, one that was accepted is not asked again. */
function asRecorded({ jobs, commands }: Task): Pick<Task, 'jobs' | 'commands'> {
  const answers = commands.flatMap(({ updateResponse }) => updateResponse ?? []);
  const accepted = new Set(answers.filter((answer) => answer.accepted).map((answer) => answer.protocolInstanceId));
  const updates = jobs.flatMap(({ doUpdate }) => doUpdate ?? []);
  const refused = new Set(updates.map((update) => update.protocolInstanceId).filter((id) => !accepted.has(id)));
  return {
    jobs: jobs
      .filter(({ doUpdate }) => !doUpdate || !refused.has(doUpdate.protocolInstanceId))
      .map((job) => (job.doUpdate ? { ...job, doUpdate: { ...job.doUpdate, runValidator: false } } : job)),
    commands: commands.filter(({ updateResponse }) => !updateResponse || !refused.has(updateResponse.protocolInstanceId)),
  };
}

/** The order in which the SDK's core hands out what belongs to one task. */
const rank = (job: Job): number =>
  job.initializeWorkflow ? 0 : job.notifyHasPatch ? 1 : job.signalWorkflow ? 2 : job.doUpdate ? 3 : 4;

const nameOf = (command: Command | undefined): string =>
  command === undefined ? 'nothing' : JSON.stringify(command, bytesAsText).slice(0, 300);

/** Payloads as people can read them. */
function bytesAsText(key: string, value: unknown): unknown {
  if (key === 'metadata' || key === 'userMetadata') return undefined;
  const isBytes = typeof value === 'object' && value !== null && 'byteLength' in value;
  return isBytes ? Buffer.from(value as Uint8Array).toString() : value;
}
