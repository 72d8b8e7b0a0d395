/** The one way anything fails inside Temporal: a code of the table, a sentence in both languages, and whether a retry may help. */
import { ApplicationFailure } from '@temporalio/common';
import { failures, type FailureCode, type FailureDetails } from './failures.ts';
import type { Text } from './text.ts';

export const fail = (code: FailureCode, sentence: Text, details: Omit<FailureDetails, 'ja'> = {}): ApplicationFailure =>
  ApplicationFailure.create({
    message: sentence.en,
    type: code,
    nonRetryable: !failures[code].retryable,
    details: [{ ...details, ja: sentence.ja } satisfies FailureDetails],
  });
