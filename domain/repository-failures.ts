/** Rows of the failure table for places where backups lie. */
import { row, type FailureRow } from './failure-row.ts';

export const repositoryFailures = {
  'repository-away': row(
    503,
    true,
    'Look at the network and the endpoint of the named repository, then retry.',
    '示されたリポジトリのエンドポイントとネットワークを確かめ、再試行してください。',
  ),
  'repository-refused': row(
    500,
    false,
    'Correct key, bucket or rights of the named repository, then retry.',
    '示されたリポジトリの鍵・バケット・権限を直し、再試行してください。',
  ),
  'repository-full': row(
    500,
    false,
    'Give the named repository room, then retry.',
    '示されたリポジトリに空きを作り、再試行してください。',
  ),
} as const satisfies Record<string, FailureRow>;
