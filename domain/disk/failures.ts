/** Rows of the failure table that archiving adds. */
import { row, type FailureRow } from '../failure-row.ts';

export const diskFailures = {
  'archive-unreadable': row(
    500,
    false,
    'The archive is not what was put into it; no line was taken out of the log. Look at the disk, then retry.',
    'アーカイブの内容が一致しません。ログからは何も取り除いていません。ディスクを確認して再試行してください。',
  ),
} as const satisfies Record<string, FailureRow>;
