/** A Temporal server in memory: starts, signals, updates, cancellations and terminations become tasks, their commands become events. */
import type { Chaos } from './chaos.ts';
import { ActivityRuns, type Implementations } from './activity-runs.ts';
import { obey } from './commands.ts';
import type { Dice } from './dice.ts';
import { Execution, TaskFailed } from './execution.ts';
import { childFailed, fromPayload, fromProto, toPayloads, type Payload } from './failures.ts';
import type { Command, Identity, Job, Sandbox } from './sandbox.ts';
import type { Timeline } from './timeline.ts';

/** What a run is made of. */
export interface Machinery {
  readonly dice: Dice;
  readonly timeline: Timeline;
  readonly sandbox: Sandbox;
  readonly chaos: Chaos;
  readonly activities: Implementations;
  readonly tell: (who: string, what: string) => void;
}

/** How an update ended: refused by its validator, by its handler, answered, or never heard of again. */
export interface UpdateAnswer {
  readonly how: 'invalid' | 'refused' | 'answered' | 'gone';
  readonly value?: unknown;
}

interface Start {
  readonly workflowId: string;
  readonly type: string;
  readonly input: readonly Payload[] | null | undefined;
  readonly parent?: Family;
  readonly firstRunId?: string;
  readonly memo?: Readonly<Record<string, unknown>>;
}

/** A child as its parent knows it. */
interface Family {
  readonly execution: Execution;
  readonly seq: number;
  readonly dies: boolean;
}

export class MemoryTemporal {
  readonly machinery: Machinery;
  /** Every run there ever was, in the order of their starts. */
  readonly executions: Execution[] = [];
  readonly families = new Map<Execution, Family>();
  readonly activityRuns: ActivityRuns;
  readonly #updates = new Map<string, { execution: Execution; accepted: boolean; answer: (answer: UpdateAnswer) => void }>();
  #serial = 0;

  constructor(machinery: Machinery) {
    this.machinery = machinery;
    this.activityRuns = new ActivityRuns(this);
  }

  /** The newest run of a workflow id. */
  find(workflowId: string): Execution | undefined {
    return this.executions.findLast(({ identity }) => identity.workflowId === workflowId);
  }

  open(workflowId: string): Execution | undefined {
    const execution = this.find(workflowId);
    return execution?.status === 'open' ? execution : undefined;
  }

  /** Undefined when a run of this id is open. */
  start({ workflowId, type, input, parent, firstRunId, memo = {} }: Start): Execution | undefined {
    if (this.open(workflowId)) return undefined;
    const { timeline, dice, sandbox, chaos, tell } = this.machinery;
    const runId = dice.uuid();
    const own = { workflowId, runId };
    const identity: Identity = {
      ...own,
      firstRunId: firstRunId ?? runId,
      type,
      startedAt: timeline.now,
      parent: parent && { workflowId: parent.execution.identity.workflowId, runId: parent.execution.identity.runId },
      root: parent?.execution.identity.root ?? own,
      memo,
    };
    const execution = new Execution(identity, sandbox, chaos.longAfter());
    this.executions.push(execution);
    if (parent) this.families.set(execution, parent);
    tell(workflowId, `starts ${type} ${JSON.stringify(input?.map((payload) => fromPayload(payload)))}`);
    const start = {
      workflowType: type,
      workflowId,
      arguments: input ? [...input] : [],
      firstExecutionRunId: identity.firstRunId,
    };
    this.tell(execution, { initializeWorkflow: { ...start, attempt: 1 } });
    return execution;
  }

  /** Puts a job into the next task; nothing reaches a run that has ended. */
  tell(execution: Execution, job: Job): void {
    if (execution.status !== 'open') return;
    execution.pending.push(job);
    this.#wake(execution, this.machinery.chaos.taskDelay());
  }

  signal(execution: Execution, signalName: string, args: readonly unknown[]): void {
    this.tell(execution, { signalWorkflow: { signalName, input: args as never, identity: 'simulation', headers: {} } });
  }

  update(execution: Execution, name: string, args: readonly unknown[], answer: (answer: UpdateAnswer) => void): void {
    if (execution.status !== 'open') return answer({ how: 'gone' });
    const id = `update-${++this.#serial}`;
    this.#updates.set(id, { execution, accepted: false, answer });
    const input = toPayloads(args);
    this.tell(execution, { doUpdate: { id, protocolInstanceId: id, name, input, headers: {}, runValidator: true } });
  }

  answerUpdate({ protocolInstanceId, accepted, rejected, completed }: NonNullable<Command['updateResponse']>): void {
    const update = this.#updates.get(protocolInstanceId!)!;
    if (accepted) return void (update.accepted = true);
    this.#updates.delete(protocolInstanceId!);
    if (completed) update.answer({ how: 'answered', value: fromPayload(completed) });
    else update.answer({ how: update.accepted ? 'refused' : 'invalid', value: fromProto(rejected).message });
  }

  cancel(execution: Execution): void {
    this.tell(execution, { cancelWorkflow: { reason: 'simulation' } });
  }

  terminate(execution: Execution): void {
    if (execution.status === 'open') this.end(execution, undefined);
  }

  /** Ends a run by the command that ended it, or by force. */
  end(execution: Execution, ending: Command | undefined): void {
    const { identity } = execution;
    execution.status = statusAfter(ending);
    execution.ending = ending;
    execution.pending = [];
    this.machinery.tell(identity.workflowId, `ends ${execution.status}`);
    this.activityRuns.abandon(execution);
    for (const [id, update] of this.#updates) {
      if (update.execution !== execution) continue;
      this.#updates.delete(id);
      update.answer({ how: 'gone' });
    }
    for (const [child, family] of this.families) {
      if (family.execution !== execution || !family.dies || child.status !== 'open') continue;
      this.machinery.timeline.after(this.machinery.chaos.wireDelay(), () => this.terminate(child));
    }
    const family = this.families.get(execution);
    if (ending?.continueAsNewWorkflowExecution) {
      const { workflowType, arguments: input } = ending.continueAsNewWorkflowExecution;
      const { workflowId, type, firstRunId, memo } = identity;
      this.start({ workflowId, type: workflowType || type, input, firstRunId, memo, ...(family && { parent: family }) });
      return;
    }
    if (!family) return;
    const result = ending?.completeWorkflowExecution
      ? { completed: { result: ending.completeWorkflowExecution.result } }
      : { failed: { failure: childFailed(identity, ending) } };
    this.machinery.timeline.after(this.machinery.chaos.wireDelay(), () =>
      this.tell(family.execution, { resolveChildWorkflowExecution: { seq: family.seq, result } }),
    );
  }

  #wake(execution: Execution, delay: number): void {
    if (execution.due) return;
    execution.due = true;
    this.machinery.timeline.after(delay, () => this.#task(execution));
  }

  async #task(execution: Execution): Promise<void> {
    const { chaos, timeline, tell } = this.machinery;
    execution.due = false;
    if (execution.status !== 'open' || execution.pending.length === 0) return;
    const pending = [...execution.pending];
    const task = await execution.task(timeline.now);
    if (chaos.losesTask()) {
      // The worker died with its answer: another one is given the same, and whatever came meanwhile.
      tell(execution.identity.workflowId, 'loses a workflow task');
      await execution.evict();
      execution.pending.unshift(...pending);
      return this.#wake(execution, 2_000);
    }
    execution.keep(task);
    for (const command of task.commands) obey(this, execution, command);
    if (execution.status !== 'open' || chaos.evicts()) await execution.evict();
  }
}

function statusAfter(ending: Command | undefined): Execution['status'] {
  if (!ending) return 'terminated';
  if (ending.completeWorkflowExecution) return 'completed';
  if (ending.failWorkflowExecution) return 'failed';
  if (ending.cancelWorkflowExecution) return 'cancelled';
  if (ending.continueAsNewWorkflowExecution) return 'continued';
  throw new TaskFailed(`unknown ending ${Object.keys(ending).join()}`);
}
