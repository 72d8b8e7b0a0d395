/** Rows of the failure table that repairs of the audit log add. */
import { row, type FailureRow } from '../failure-row.ts';

export const auditLogFailures = {
  'log-missing': row(
    422,
    false,
    'There is no audit log to repair; `audit-log-restore` brings it from a backup.',
    '修復する監査ログがありません。`audit-log-restore` でバックアップから復元できます。',
  ),
  'log-too-large': row(
    422,
    false,
    'Archive old lines first, or merge by hand: both logs together have too many lines.',
    '行が多すぎます。先に古い行を整理するか、手で統合してください。',
  ),
  'log-held-open': row(
    409,
    false,
    'Restart or stop the named processes, then retry: what they wrote is brought over. The log itself is in place already.',
    '示されたプロセスを再起動または停止してから再試行してください。書かれた行は引き継がれます。ログは既に置き換え済みです。',
  ),
} as const satisfies Record<string, FailureRow>;
