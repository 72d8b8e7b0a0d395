/** Failures of Temporal's side: that it or its workers do not answer, and what a workflow said when it failed. */
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { fail } from '../domain/fail.ts';
import { isFailureCode } from '../domain/failures.ts';

export const away = (): ApplicationFailure =>
  fail('temporal-away', { en: 'Temporal does not answer.', ja: 'Temporal が応答しません。' });

export const noWorker = (): ApplicationFailure => fail('no-worker', { en: 'No worker answers.', ja: 'ワーカーが応答しません。' });

/** The innermost cause that carries one of our codes, or says that nobody did it in time. */
export function statedFailure(error: Error): ApplicationFailure | undefined {
  const inner = error.cause instanceof Error ? statedFailure(error.cause) : undefined;
  if (inner) return inner;
  if (error instanceof ApplicationFailure && isFailureCode(error.type)) return error;
  return error instanceof TimeoutFailure ? noWorker() : undefined;
}
