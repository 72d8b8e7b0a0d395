/** Rows of the failure table that questions to a log add. */
import { row, type FailureRow } from '../failure-row.ts';

export const logQuestionFailures = {
  'no-audit-log': row(
    404,
    false,
    'There is no log to ask: look at the diagnosis of the target.',
    '監査ログがありません。対象の診断を見てください。',
  ),
} as const satisfies Record<string, FailureRow>;
