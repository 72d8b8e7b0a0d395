/** Rows of the failure table that tool stores and their backups add. */
import { row, type FailureRow } from '../failure-row.ts';

export const toolStoreFailures = {
  'no-backup': row(
    404,
    false,
    'Bring a backup into a repository and retry, or amend with its id.',
    'リポジトリにバックアップを置いて再試行するか、ID を指定し直してください。',
  ),
  'backup-corrupt': row(422, false, 'Choose another backup: amend with its id.', '別のバックアップを指定してください。'),
  'backup-unsafe': row(
    422,
    false,
    'The backup holds links or paths that leave it; choose another.',
    'バックアップにリンクか外へ出るパスがあります。別のものを選んでください。',
  ),
  'backup-locked': row(
    409,
    false,
    'The store keeps it locked until the named time; it goes with a later clean-up.',
    'ストアがその時刻までロックしています。後の整理で削除されます。',
  ),
  'unknown-tool': row(
    422,
    false,
    'Amend with ids or names that the backup holds.',
    'バックアップにあるツールの ID か名前を指定し直してください。',
  ),
  'target-missing': row(
    422,
    false,
    'Create or mount the folder named in the inventory, then retry.',
    'インベントリのフォルダーを作成またはマウントして再試行してください。',
  ),
  'target-read-only': row(
    500,
    false,
    'Make the folder writable (mount, owner, mode), then retry.',
    'フォルダーを書き込み可能にして(マウント・所有者・モード)再試行してください。',
  ),
  'disk-full': row(
    500,
    false,
    'Free space on the named file system, then retry.',
    '示されたファイルシステムに空きを作り、再試行してください。',
  ),
  'not-protected': row(
    500,
    false,
    'Retry; nothing is overwritten before it was copied and hashed.',
    '再試行してください。複製と照合が済むまで上書きしません。',
  ),
  'agent-command-failed': row(
    500,
    false,
    'Stop or start the agent by hand, then retry or skip.',
    'エージェントを手で停止・起動し、再試行か省略を選んでください。',
  ),
} as const satisfies Record<string, FailureRow>;
