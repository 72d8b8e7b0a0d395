/** The step engine: runs a body, writes the ledger, and when it failed for good waits for a person. */
import { z } from 'zod';
import type { GatePolicy } from '../../domain/gate.ts';
import type { ChildQuestion } from '../../domain/messages.ts';
import type { Decision, Step } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import { Ending, tellFailure, type ToldFailure } from './ending.ts';
import { cancelledBy } from '../../domain/gate-sentences.ts';
import { askPeople } from './gates.ts';
import { isDryRun, type Run } from './run.ts';

/** What a step has to say when it is through. */
export interface Said<T> {
  readonly value: T;
  readonly sentence: Text;
  readonly outcome?: 'done' | 'already-done' | 'planned' | 'skipped';
  readonly evidence?: Step['evidence'];
}

export interface StepOptions<T, I> {
  /** What a person may correct when the step failed, and how it is checked. */
  readonly amend?: { readonly input: I; readonly schema: z.ZodType<I> };
  /** Present where a person may skip the step; stands for its value then. */
  readonly skip?: { readonly value: T };
}

/** A failed step waits without a deadline, unless the inventory has a policy of this name. */
const failedStepPolicy = 'failed-step';
const patience: GatePolicy = { need: 1, stages: [{ from: [], withinMs: null }], otherwise: 'stop', always: false };

/** Runs one step to its end. `body` gets the (amended) input; it is run again after retry and amend. Throws Ending. */
export async function attempt<T, I = undefined>(
  run: Run,
  name: string,
  body: (input: I) => Promise<Said<T>>,
  options: StepOptions<T, I> = {},
): Promise<T> {
  safePoint(run);
  let input = options.amend?.input as I;
  for (let attempts = 1; ; attempts++) {
    run.ledger.begin(name, attempts);
    let failure: ToldFailure;
    try {
      const said = await body(input);
      run.ledger.turn(name, said.outcome ?? 'done', said.sentence, said.evidence);
      return said.value;
    } catch (error) {
      failure = error instanceof Ending ? { code: 'past-no-return', sentence: error.why } : tellFailure(error);
      // Past the point of no return nothing ends and nothing is undone: the step waits for a person.
      if (error instanceof Ending && run.noReturn === undefined) {
        run.ledger.turn(name, 'failed', error.why);
        throw error;
      }
    }
    run.ledger.turn(name, 'failed', failure.sentence, { code: failure.code });
    if (isDryRun(run)) throw new Ending(failure.sentence);
    const choices: Decision[] = [
      'retry',
      ...(options.amend ? ['amend' as const] : []),
      ...(options.skip ? ['skip' as const] : []),
    ];
    const outcome = await askAboutFailure(
      run,
      { name, attempts, failure, choices: run.noReturn ? choices : [...choices, 'roll-back'] },
      options.amend && { input, schema: options.amend.schema },
    );
    if (outcome.decision === 'roll-back') throw new Ending(outcome.why);
    if (outcome.decision === 'skip') {
      run.ledger.turn(name, 'skipped', outcome.why);
      return options.skip!.value;
    }
    if (outcome.decision === 'amend') input = options.amend!.schema.parse(outcome.input);
  }
}

/** Where a cancellation is heard: between two effects, never within one. */
export function safePoint(run: Run): void {
  if (run.cancelled !== undefined && run.noReturn === undefined) throw new Ending(cancelledBy(run.cancelled));
}

interface Failed {
  readonly name: string;
  readonly attempts: number;
  readonly failure: ToldFailure;
  readonly choices: readonly Decision[];
}

/** Opens the gate `failed:<step>`; its digest names this failure, so that a decision about an earlier one does not count. */
export async function askAboutFailure(run: Run, failed: Failed, amend?: { input: unknown; schema: z.ZodType }) {
  const { name, attempts, failure, choices } = failed;
  const path = run.start.parent?.path ?? '';
  const wait: { from: number; to?: number } = { from: Date.now() };
  run.waits.decisions.push(wait);
  const question: ChildQuestion = {
    gate: gateName(run, `failed:${name}`),
    path,
    kind: 'failed-step',
    title: failure.sentence,
    digest: `${gateName(run, name)}#${attempts}`,
    choices,
    error: failure,
    ...(run.storyOver && { despiteCancel: true }),
    ...(amend && { input: amend.input ?? null, inputSchema: z.toJSONSchema(amend.schema, { io: 'input' }) }),
  };
  try {
    return await askPeople(run.gates, { ...question, policy: run.context.gates[failedStepPolicy] ?? patience });
  } finally {
    wait.to = Date.now();
  }
}

/** A gate's name is unique in the whole recovery: a child's carries its path. */
export const gateName = (run: Run, gate: string): string => (run.start.parent ? `${run.start.parent.path}/${gate}` : gate);
