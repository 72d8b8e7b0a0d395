/** Why a story ends before its end, and how a failure is told: the two things that may interrupt a step. */
import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TemporalFailure, TimeoutFailure } from '@temporalio/workflow';
import type { FailureDetails, FieldError } from '../../domain/failures.ts';
import { plain, type Text } from '../../domain/text.ts';

/** Thrown through the story when people, a deadline or a cancellation end it; everything applied is then undone. */
export class Ending extends Error {
  readonly why: Text;
  constructor(why: Text) {
    super(why.en);
    this.name = 'Ending';
    this.why = why;
  }
}

export interface ToldFailure {
  readonly code: string;
  readonly sentence: Text;
  readonly errors?: readonly FieldError[];
}

/** The failure in people's words. Anything that is not Temporal's is a fault of the code and is thrown on: the task waits for a mended worker. */
export function tellFailure(error: unknown): ToldFailure {
  if (!(error instanceof TemporalFailure)) throw error;
  const cause = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? (error.cause ?? error) : error;
  if (cause instanceof ApplicationFailure) {
    const details = (cause.details?.[0] ?? {}) as FailureDetails;
    return {
      code: cause.type ?? 'internal',
      sentence: { en: cause.message, ja: details.ja ?? cause.message },
      ...(details.errors && { errors: details.errors }),
    };
  }
  if (cause instanceof TimeoutFailure) {
    return {
      code: 'step-timeout',
      sentence: { en: 'No worker finished this in time.', ja: '時間内に完了したワーカーがありません。' },
    };
  }
  return { code: 'internal', sentence: plain(cause.message) };
}
