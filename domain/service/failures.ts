/** Rows of the failure table that moves of whole services add. */
import { row, type FailureRow } from '../failure-row.ts';

export const serviceFailures = {
  'side-not-activated': row(
    500,
    false,
    'Run the named command by hand to see everything; mend it and retry, or roll back.',
    '示された command を手で実行して原因を直し、再試行するか、巻き戻してください。',
  ),
  'side-does-not-bear': row(
    500,
    false,
    'Look at the side that gained, mend it, and retry: it is watched anew.',
    '移行先を調べて直し、再試行してください。監視を最初からやり直します。',
  ),
} as const satisfies Record<string, FailureRow>;
