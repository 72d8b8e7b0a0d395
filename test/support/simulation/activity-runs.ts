/** Activities as the server runs them: attempts, time-outs, retries by their policy, cancellation at a heartbeat. */
import { ensureApplicationFailure, type TemporalFailure } from '@temporalio/common';
import { optionalTsToMs, tsToMs } from '@temporalio/common/lib/time.js';
import type { AttemptFate, Fate } from './chaos.ts';
import { TaskFailed, type Execution } from './execution.ts';
import { activityCancelled, activityFailed, fromPayload, timedOut, toPayload } from './failures.ts';
import type { Command } from './sandbox.ts';
import type { MemoryTemporal } from './temporal.ts';

/** One attempt as its implementation sees it. */
export interface Call {
  readonly type: string;
  readonly input: unknown;
  readonly execution: Execution;
  /** How it will go: whoever works in parts stops half-way where it says so. */
  readonly fate: AttemptFate;
}

/** The activities of a run. */
export interface Implementations {
  call(call: Call): Promise<unknown>;
  /** Whether it is an effect of the kernel itself, on its own records. */
  isKernel(type: string): boolean;
}

type Schedule = NonNullable<Command['scheduleActivity'] | Command['scheduleLocalActivity']>;

interface ActivityRun {
  readonly execution: Execution;
  readonly schedule: Schedule;
  readonly fate: Fate;
  attempt: number;
  /** An attempt is at work, or is thought to be. */
  running: boolean;
  /** It is, and has not died. */
  alive: boolean;
  cancelled: boolean;
  over: boolean;
}

export class ActivityRuns {
  readonly #server: MemoryTemporal;
  readonly #runs = new Map<Execution, Map<number, ActivityRun>>();

  constructor(server: MemoryTemporal) {
    this.#server = server;
  }

  schedule(execution: Execution, schedule: Schedule): void {
    const { chaos, activities } = this.#server.machinery;
    const fate = chaos.fate(schedule.activityType!, activities.isKernel(schedule.activityType!));
    const run: ActivityRun = {
      execution,
      schedule,
      fate,
      attempt: 0,
      running: false,
      alive: false,
      cancelled: false,
      over: false,
    };
    if (!this.#runs.has(execution)) this.#runs.set(execution, new Map());
    this.#runs.get(execution)!.set(schedule.seq!, run);
    this.#later(chaos.startDelay(), run, () => this.#attempt(run));
  }

  /** Heard at the next heartbeat; at once where nothing runs; never by what does not beat. */
  cancel(execution: Execution, seq: number): void {
    const run = this.#runs.get(execution)?.get(seq);
    if (!run || run.over) return;
    run.cancelled = true;
    if (!run.running) this.#resolve(run, 'cancelled');
    else if (beatOf(run.schedule)) this.#later(beatOf(run.schedule)! * 0.8, run, () => this.#resolve(run, 'cancelled'));
  }

  /** The workflow has ended: what has not had its effect will not have it. */
  abandon(execution: Execution): void {
    for (const run of this.#runs.get(execution)?.values() ?? []) run.over = true;
    this.#runs.delete(execution);
  }

  /** Whether an attempt of this activity is really at work on a target now. */
  isAtWork(type: string, target: string): boolean {
    const runs = [...this.#runs.values()].flatMap((ofExecution) => [...ofExecution.values()]);
    return runs.some(
      ({ over, alive, schedule }) =>
        !over && alive && schedule.activityType === type && (inputOf(schedule) as { target?: string }).target === target,
    );
  }

  #later(ms: number, run: ActivityRun, what: () => void | Promise<void>): void {
    this.#server.machinery.timeline.after(ms, () => (run.over ? undefined : what()));
  }

  async #attempt(run: ActivityRun): Promise<void> {
    const { chaos, dice } = this.#server.machinery;
    run.attempt += 1;
    run.running = true;
    const fate = run.attempt <= run.fate.badAttempts && !chaos.calm ? chaos.attempt() : 'does it';
    run.alive = !fate.startsWith('dies');
    const limit = tsToMs(run.schedule.startToCloseTimeout);
    const duration = chaos.duration(limit);
    const effectAfter = Math.floor(duration * dice.next());
    let outcome: { value?: unknown; error?: unknown } = {};
    if (!fate.endsWith('before')) {
      this.#later(effectAfter, run, async () => void (outcome = await this.#call(run, fate)));
    }
    if (fate.startsWith('dies')) {
      const beat = beatOf(run.schedule);
      this.#later(effectAfter + (beat ?? limit), run, () => this.#failed(run, timedOut(beat ? 'HEARTBEAT' : 'START_TO_CLOSE')));
    } else {
      this.#later(duration, run, () => {
        const error = fate.startsWith('fails') ? (outcome.error ?? run.fate.failure()) : outcome.error;
        if (error !== undefined) this.#failed(run, ensureApplicationFailure(error));
        else this.#resolve(run, { value: outcome.value });
      });
    }
  }

  async #call(run: ActivityRun, fate: AttemptFate): Promise<{ value?: unknown; error?: unknown }> {
    const { schedule, execution, attempt } = run;
    const { activities, tell } = this.#server.machinery;
    const type = schedule.activityType!;
    const input = inputOf(schedule);
    let outcome: { value?: unknown; error?: unknown };
    try {
      outcome = { value: await activities.call({ type, input, execution, fate }) };
    } catch (error) {
      if (error instanceof TaskFailed) throw error;
      outcome = { error };
    }
    const answer = 'error' in outcome ? `fails: ${(outcome.error as Error).message}` : JSON.stringify(outcome.value);
    tell(execution.identity.workflowId, `${type} ${JSON.stringify(input)} (attempt ${attempt}, ${fate}) → ${answer}`);
    return outcome;
  }

  #failed(run: ActivityRun, cause: TemporalFailure): void {
    const { schedule } = run;
    this.#server.machinery.tell(
      run.execution.identity.workflowId,
      `${schedule.activityType} attempt ${run.attempt} failed: ${cause.message}`,
    );
    run.running = false;
    run.alive = false;
    if (run.cancelled) return this.#resolve(run, 'cancelled');
    const policy = schedule.retryPolicy;
    const attempts = policy?.maximumAttempts ?? 0;
    if ((attempts > 0 && run.attempt >= attempts) || ('nonRetryable' in cause && cause.nonRetryable === true)) {
      return this.#resolve(run, { error: cause });
    }
    const pause = Math.min(
      (optionalTsToMs(policy?.initialInterval) ?? 1_000) * (policy?.backoffCoefficient ?? 2) ** (run.attempt - 1),
      optionalTsToMs(policy?.maximumInterval) ?? 100_000,
    );
    this.#later(pause, run, () => this.#attempt(run));
  }

  #resolve(run: ActivityRun, how: 'cancelled' | { value?: unknown } | { error: TemporalFailure }): void {
    run.over = true;
    run.running = false;
    const { seq, activityType, activityId } = run.schedule;
    const result =
      how === 'cancelled'
        ? { cancelled: { failure: activityCancelled(activityType!, activityId!) } }
        : 'error' in how
          ? { failed: { failure: activityFailed(how.error, activityType!, activityId!) } }
          : { completed: { result: toPayload(how.value) } };
    this.#server.tell(run.execution, { resolveActivity: { seq, result } });
  }
}

const inputOf = ({ arguments: args }: Schedule): unknown => args?.[0] && fromPayload(args[0]);
const beatOf = (schedule: Schedule): number | undefined =>
  'heartbeatTimeout' in schedule ? optionalTsToMs(schedule.heartbeatTimeout) : undefined;
