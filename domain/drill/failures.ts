/** Rows of the failure table that drills add. */
import { row, type FailureRow } from '../failure-row.ts';

export const drillFailures = {
  'drill-refused': row(
    409,
    false,
    'Declare what the sentence names, or bring the service home and well first; then retry, or roll back.',
    '示されたものを宣言するか、サービスを元の側の正常な状態に戻してから、再試行するか、巻き戻してください。',
  ),
  'isolation-failed': row(
    500,
    false,
    'Run the command of `drill.isolate` by hand to see everything; mend it and retry. Nothing may stay cut off.',
    '`drill.isolate` の command を手で実行して原因を直し、再試行してください。隔離を残してはいけません。',
  ),
} as const satisfies Record<string, FailureRow>;
