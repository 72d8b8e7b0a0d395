/** The words a scenario is written in: step, act, wait, change, checklist, mitigated, verify, recover, serves, point of no return. */
import type { UndoCall } from '../../activities/kernel-interface.ts';
import { fail } from '../../domain/fail.ts';
import type { Approval } from '../../domain/messages.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import { summarizeChecks, type Check } from '../../domain/verification.ts';
import { activitiesAt, type OnTarget } from './activities.ts';
import { approve, tick } from './approval.ts';
import { attempt, type Said, type StepOptions } from './attempt.ts';
import { change, type Change, type Changed } from './change.ts';
import { recoverInside, type InnerRecovery } from './child.ts';
import { allHold, pass } from './pass.ts';
import { gateName } from './failed-step.ts';
import { isDryRun, type Run } from './run.ts';
import { recoverTogether, type Wave } from './together.ts';
import { closeOpenChange, keepUndo } from './undo.ts';
import { untilCancelled } from './until-cancelled.ts';
import { wait } from './wait.ts';

/** A small effect that needs no plan. A dry run only says what it would do and goes on with `dry`. */
export interface Act<T> {
  readonly would: Text;
  readonly dry: T;
  readonly act: () => Promise<Said<T>>;
  /** Asked and kept before the effect; undefined where there will be nothing to take back. */
  readonly undo?: () => Promise<UndoCall | undefined>;
  readonly skip?: { readonly value: T; readonly breakGlass?: boolean };
}

export interface ChecklistItem {
  readonly id: string;
  readonly title: Text;
}

export class Recovery {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  get id(): string {
    return this.#run.id;
  }

  get target(): string {
    return this.#run.start.target;
  }

  /** When the trouble began, as far as somebody said so; ISO. */
  get brokenSince(): string | undefined {
    return this.#run.start.brokenSince;
  }

  /** What the target's kind lets workflows know of it. */
  facts<F>(): F {
    return this.#run.context.facts as F;
  }

  /** The target's activities, served near it. `A` is the interface of its kind. */
  on<A>(): OnTarget<A> {
    return activitiesAt<A>(this.#run.context.site, this.target);
  }

  /** Looks at something; runs in a dry run too. */
  step<T, I = undefined>(name: string, look: (input: I) => Promise<Said<T>>, options?: StepOptions<T, I>): Promise<T> {
    return attempt(this.#run, name, look, options);
  }

  act<T>(name: string, { would, dry, act, undo, skip }: Act<T>): Promise<T> {
    const run = this.#run;
    return attempt<T>(
      run,
      name,
      async () => {
        if (isDryRun(run)) return { value: dry, outcome: 'planned', sentence: would };
        const call = await undo?.();
        if (call) await keepUndo(run, this.on(), { key: name, step: name, call });
        return act();
      },
      skip ? { skip } : {},
    );
  }

  /** Lets time pass, so long that nothing is left to wait for; a cancellation is heard at once. A dry run does not wait. */
  wait(name: string, ms: number, why: Text): Promise<void> {
    return wait(this.#run, name, ms, why);
  }

  /** Activities within a step that a cancellation cuts off at once; the step's undo has to take back whatever they did by then. */
  untilCancelled<T>(work: () => Promise<T>): Promise<T> {
    return untilCancelled(this.#run, work);
  }

  /** A safety check that has to hold before what follows. Refused, it waits for a person; only two approvers together override it. */
  guard(name: string, look: () => Promise<readonly Check[]>): Promise<void> {
    return attempt<void>(
      this.#run,
      name,
      async () => {
        const checks = await look();
        if (!allHold(checks)) throw fail('safety-refused', summarizeChecks(checks));
        return { value: undefined, sentence: summarizeChecks(checks), evidence: { checks: checks.map(({ id }) => id) } };
      },
      { skip: { value: undefined, breakGlass: true } },
    );
  }

  /** Plan → show → gate → apply; undone when the recovery does not end well. */
  change<R, I = undefined>(name: string, what: Change<R, I>): Promise<Changed<R, I>> {
    return change(this.#run, this.on(), name, what);
  }

  /** Asks people about a choice that changes nothing yet. Rejected, the recovery ends. What they approved may cover inner recoveries. */
  consent(name: string, gate: string, plan: Plan): Promise<Approval> {
    const run = this.#run;
    const { digest } = plan;
    // As statements name it: inside another recovery with the path to it.
    const named = gateName(run, gate);
    return attempt<Approval>(run, name, async () => {
      if (isDryRun(run)) return { value: { gate: named, digest, statements: [] }, outcome: 'planned', sentence: plan.summary };
      const ref = await run.kernel.keepPlan({ recovery: run.id, plan });
      const { why, statements = [] } = await approve(run, { gate, step: name, title: plan.summary, plan: { ...plan, ref } });
      return { value: { gate: named, digest, statements }, sentence: why };
    });
  }

  /** Items that a person ticks, all open at once. One that fails is a failed step. */
  async checklist(name: string, items: readonly ChecklistItem[]): Promise<void> {
    const run = this.#run;
    let round = 0;
    await attempt<void>(run, name, async () => {
      if (isDryRun(run)) return { value: undefined, outcome: 'planned', sentence: listed(items) };
      round += 1;
      run.ledger.turn(name, 'waiting', listed(items));
      const outcomes = await Promise.all(items.map((item) => tick(run, item, `${name}/${item.id}#${round}`)));
      const failed = outcomes.find((outcome) => outcome.decision !== 'tick');
      if (failed) throw fail('check-failed', failed.why);
      const by = [...new Set(outcomes.map((outcome) => outcome.by))].join(', ');
      return { value: undefined, sentence: { en: `Ticked by ${by}.`, ja: `${by} が確認済み。` } };
    });
  }

  /** Decides "recovered": every check must pass, it cannot be skipped. Closes the open change. */
  verify(name: string, look: () => Promise<readonly Check[]>): Promise<void> {
    const run = this.#run;
    run.ledger.turnPhase('verify');
    return pass(run, name, look, async () => {
      await closeOpenChange(run, 'verified');
      run.verifiedAt = Date.now();
    });
  }

  /**
   * Users are served again by something that is taken back later: every check must pass, and the clock stops here until the next
   * change. The change stays open until `verify`.
   */
  mitigated(name: string, look: () => Promise<readonly Check[]>): Promise<void> {
    return pass(this.#run, name, look, () => {
      this.#run.servedAt = Date.now();
    });
  }

  /** Runs another recovery as a step of this one. */
  recover(name: string, inner: InnerRecovery): Promise<void> {
    return recoverInside(this.#run, name, inner);
  }

  /** Runs several side by side, by name, wave after wave. One that ends before its end stops the others. */
  recoverTogether(...waves: readonly Wave[]): Promise<void> {
    return recoverTogether(this.#run, waves);
  }

  /** Users can be led here; what is left makes it whole. The clock stops until the next change, and a recovery around this one begins its next wave. */
  async serves(): Promise<void> {
    if (isDryRun(this.#run)) return;
    this.#run.servedAt = Date.now();
    await this.#run.upwards?.serves();
  }

  /** From here on it only goes forward: no cancel, no roll-back. */
  async pointOfNoReturn(why: Text): Promise<void> {
    if (isDryRun(this.#run)) return;
    this.#run.noReturn = why;
    this.#run.ledger.note(why);
    await this.#run.upwards?.tell({ tells: 'no-return', why });
  }

  /** States the data loss that this recovery could not avoid, in milliseconds of work; it becomes `rpoAchieved`. */
  lost(ms: number): void {
    this.#run.rpoMs = Math.max(0, ms);
  }
}

const listed = (items: readonly ChecklistItem[]): Text => ({
  en: items.map((item) => item.title.en).join(' '),
  ja: items.map((item) => item.title.ja).join(' '),
});
