/** The way from a child recovery to its root and its parent. */
import { condition, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import {
  childFinishedSignal,
  childReportSignal,
  gateOutcomeSignal,
  settleSignal,
  type ChildOrigin,
  type ChildReport,
} from '../../domain/messages.ts';
import type { Step } from '../../domain/recovery.ts';
import type { GateKeeper, GateOutcome, Question } from './gates.ts';

/** What a child tells upwards; each message is awaited, so that they arrive in order. */
export class Upwards implements GateKeeper {
  readonly #origin: ChildOrigin;
  readonly #outcomes = new Map<string, GateOutcome>();
  #queue: Promise<void> = Promise.resolve();

  constructor(origin: ChildOrigin) {
    this.#origin = origin;
    setHandler(gateOutcomeSignal, (outcome) => void this.#outcomes.set(outcome.gate, outcome));
  }

  async ask({ policy, ...question }: Question): Promise<GateOutcome> {
    this.#outcomes.delete(question.gate);
    await this.tell({ tells: 'gate', childWorkflowId: workflowInfo().workflowId, question, policy });
    await condition(() => this.#outcomes.has(question.gate));
    return this.#outcomes.get(question.gate)!;
  }

  withdraw(path: string): Promise<void> {
    return this.tell({ tells: 'gone', path });
  }

  step(step: Step): void {
    void this.tell({ tells: 'step', step: { ...step, path: step.path || this.#origin.path } });
  }

  /** To the root. Resolves when everything told so far has arrived. */
  tell(report: ChildReport): Promise<void> {
    const root = getExternalWorkflowHandle(this.#origin.rootWorkflowId, this.#origin.rootRunId);
    this.#queue = this.#queue.then(() => root.signal(childReportSignal, report));
    return this.#queue;
  }

  /** Everything told so far has arrived: a child that ends before that would leave its root an old story. */
  arrived(): Promise<void> {
    return this.#queue;
  }

  /** To the parent: the story is through; waits for its last word. */
  async finished(): Promise<'keep' | 'undo'> {
    let word: 'keep' | 'undo' | undefined;
    setHandler(settleSignal, (said) => void (word = said));
    await this.arrived();
    const { workflowId, runId } = workflowInfo().parent!;
    await getExternalWorkflowHandle(workflowId, runId).signal(childFinishedSignal, this.#origin.path);
    await condition(() => word !== undefined);
    return word!;
  }
}
