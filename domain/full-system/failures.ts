/** Rows of the failure table for making a machine fit to run a system again. */
import { row, type FailureRow } from '../failure-row.ts';

export const fullSystemFailures = {
  'agent-install-failed': row(
    500,
    false,
    'Run the named npm command by hand to see everything; mend it and retry.',
    '示された npm コマンドを手で実行して原因を直し、再試行してください。',
  ),
} as const satisfies Record<string, FailureRow>;
