/** One of several repositories that does not answer is a finding, not an end, as long as another one does. */
import { ApplicationFailure } from '@temporalio/common';
import type { FailureCode, FailureDetails } from '../../domain/failures.ts';
import type { Text } from '../../domain/text.ts';

const codes: readonly string[] = ['repository-away', 'repository-refused', 'repository-full'] satisfies FailureCode[];

/** Whether it speaks of the repository as a whole, not of a file in it. */
export const isRepositoryFailure = (error: unknown): error is ApplicationFailure =>
  error instanceof ApplicationFailure && codes.includes(error.type ?? '');

/** What it says, in both languages where it knows them. */
export function saidBy(error: unknown): Text {
  const en = error instanceof Error ? error.message : String(error);
  const details = error instanceof ApplicationFailure ? (error.details?.[0] as FailureDetails | undefined) : undefined;
  return { en, ja: details?.ja ?? en };
}
