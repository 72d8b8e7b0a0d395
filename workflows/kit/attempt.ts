/** The step engine: runs a body, writes the ledger, and when it failed for good waits for a person. */
import type { z } from 'zod';
import type { Decision, Step } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import { Ending, tellFailure, type ToldFailure } from './ending.ts';
import { cancelledBy } from '../../domain/gate-sentences.ts';
import { askAboutFailure } from './failed-step.ts';
import { openReview } from './review.ts';
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
  /** Present where a person may skip the step; stands for its value then. `breakGlass`: it takes two approvers, and a review opens. */
  readonly skip?: { readonly value: T; readonly breakGlass?: boolean };
}

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
    const outcome = await askAboutFailure(run, {
      name,
      attempts,
      failure,
      choices: run.noReturn ? choices : [...choices, 'roll-back'],
      amend: options.amend && { input, schema: options.amend.schema },
      breakGlass: options.skip?.breakGlass,
    });
    if (outcome.decision === 'roll-back') throw new Ending(outcome.why);
    if (outcome.decision === 'skip') {
      if (options.skip!.breakGlass) await openReview(run, 'break-glass', `failed:${name}`, failure.sentence, outcome);
      run.ledger.turn(name, 'skipped', outcome.why);
      return options.skip!.value;
    }
    if (outcome.decision === 'amend') {
      input = options.amend!.schema.parse(outcome.input);
      run.isAmended = true;
    }
  }
}

/** Past the point of no return nobody is heard. */
export const isCancelled = ({ cancelled, noReturn }: Run): boolean => cancelled !== undefined && noReturn === undefined;

/** Where a cancellation is heard: between two effects, never within one. */
export function safePoint(run: Run): void {
  if (isCancelled(run)) throw new Ending(cancelledBy(run.cancelled!));
}
