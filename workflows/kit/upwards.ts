/** The way from a child recovery to its root and its parent. */
import { condition, getExternalWorkflowHandle, patched, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import { notProven } from '../../domain/gate-sentences.ts';
import {
  childFinishedSignal,
  childReportSignal,
  childServesSignal,
  gateOutcomeSignal,
  settleSignal,
  type ChildOrigin,
  type ChildReport,
  type GateOutcome,
} from '../../domain/messages.ts';
import type { Step } from '../../domain/recovery.ts';
import { tellFailure } from './ending.ts';
import type { GateKeeper } from './gate-keeper.ts';
import { proven, type Prover } from './proven.ts';
import type { Question } from './votes.ts';

/** Between two tries of what six attempts in a row could not do. */
const proofPause = '5s';

/** What a child tells upwards; each message is awaited, so that they arrive in order. */
export class Upwards implements GateKeeper {
  readonly #origin: ChildOrigin;
  readonly #prover: Prover | undefined;
  readonly #outcomes = new Map<string, GateOutcome>();
  readonly #gathers = patched('kernel-6');
  readonly #untold: ChildReport[] = [];
  #queue: Promise<void> = Promise.resolve();

  /** Without `prover`, in a recovery that the first kernel began, the root's answers are taken as they come. */
  constructor(origin: ChildOrigin, prover?: Prover) {
    this.#origin = origin;
    this.#prover = prover;
    setHandler(gateOutcomeSignal, ({ gate, ...outcome }) => void this.#outcomes.set(gate, outcome));
  }

  async ask(question: Question): Promise<GateOutcome> {
    const { policy, ...asked } = question;
    const since = Date.now();
    this.#outcomes.delete(question.gate);
    await this.tell({ tells: 'gate', childWorkflowId: workflowInfo().workflowId, question: asked, policy });
    for (;;) {
      await condition(() => this.#outcomes.has(question.gate));
      const outcome = this.#outcomes.get(question.gate)!;
      if (!this.#prover) return outcome;
      this.#outcomes.delete(question.gate);
      const sure = await this.#prove(outcome, question, since, this.#prover);
      if (sure) return sure;
      this.#prover.note(notProven(question.gate));
    }
  }

  /** Nobody can be asked about a proof that cannot be had, because asking would need one: it is tried until it can. */
  async #prove(outcome: GateOutcome, question: Question, since: number, prover: Prover): Promise<GateOutcome | undefined> {
    for (;;) {
      try {
        return await proven(outcome, question, since, prover);
      } catch (error) {
        prover.note(tellFailure(error).sentence);
        await sleep(proofPause, { summary: `proof of ${question.gate}` });
      }
    }
  }

  withdraw(path: string): Promise<void> {
    return this.tell({ tells: 'gone', path });
  }

  step(step: Step): void {
    void this.tell({ tells: 'step', step: { ...step, path: step.path || this.#origin.path } });
  }

  /** To the root. Resolves when everything told so far has arrived. */
  tell(report: ChildReport): Promise<void> {
    this.#untold.push(report);
    this.#queue = this.#queue.then(() => (this.#gathers ? this.#tellAll() : this.#send(this.#untold.splice(0, 1))));
    return this.#queue;
  }

  /** What happens in one breath, or while a message is under way, is one message: each costs the root and us a task of a worker. */
  async #tellAll(): Promise<void> {
    await endOfBreath();
    const reports = this.#untold.splice(0);
    if (reports.length > 0) await this.#send(reports);
  }

  #send(reports: readonly ChildReport[]): Promise<void> {
    return getExternalWorkflowHandle(this.#origin.rootWorkflowId, this.#origin.rootRunId).signal(childReportSignal, ...reports);
  }

  /** Everything told so far has arrived: a child that ends before that would leave its root an old story. */
  arrived(): Promise<void> {
    return this.#queue;
  }

  /** To the parent: users can be led here, whatever is still to be done. */
  async serves(): Promise<void> {
    if (patched('kernel-4')) await this.#tellParent(childServesSignal);
  }

  /** To the parent: the story is through; waits for its last word. */
  async finished(): Promise<'keep' | 'undo'> {
    let word: 'keep' | 'undo' | undefined;
    setHandler(settleSignal, (said) => void (word = said));
    await this.#tellParent(childFinishedSignal);
    await condition(() => word !== undefined);
    return word!;
  }

  /** Its root has heard by then whatever led to this. */
  async #tellParent(signal: typeof childFinishedSignal): Promise<void> {
    await this.arrived();
    const { workflowId, runId } = workflowInfo().parent!;
    await getExternalWorkflowHandle(workflowId, runId).signal(signal, this.#origin.path);
  }
}

/** When all has run that can run without news from outside: only then are conditions looked at again. */
function endOfBreath(): Promise<void> {
  let isAskedAgain = false;
  return condition(() => {
    const isOver = isAskedAgain;
    isAskedAgain = true;
    return isOver;
  });
}
