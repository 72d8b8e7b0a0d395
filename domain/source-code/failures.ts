/** Rows of the failure table that git sources add. */
import { row, type FailureRow } from '../failure-row.ts';

export const sourceCodeFailures = {
  'source-unreachable': row(
    500,
    false,
    'Make the git repository reachable from this machine (network, key, path), then retry.',
    'この機械から git リポジトリに届くようにして(ネットワーク・鍵・パス)再試行してください。',
  ),
  'source-unusable': row(
    422,
    false,
    'Correct ref or folder in the inventory, or take links and submodules out of the repository.',
    'インベントリの ref・folder を直すか、リポジトリからリンクとサブモジュールを除いてください。',
  ),
} as const satisfies Record<string, FailureRow>;
