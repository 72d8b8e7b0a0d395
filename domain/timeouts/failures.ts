/** Rows of the failure table that a recovery from timeouts adds. */
import { row, type FailureRow } from '../failure-row.ts';

export const timeoutFailures = {
  'critical-tool': row(
    422,
    false,
    'Amend without it, or take it from `criticalTools` of the inventory first: without it nothing is verified.',
    'それを除いて指定し直すか、先にインベントリの `criticalTools` から外してください。検証できなくなります。',
  ),
} as const satisfies Record<string, FailureRow>;
