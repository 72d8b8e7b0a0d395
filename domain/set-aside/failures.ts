/** Rows of the failure table that putting tools away and bringing them back add. */
import { row, type FailureRow } from '../failure-row.ts';

export const setAsideFailures = {
  'no-such-tool': row(
    422,
    false,
    'Amend with ids or names of tools that are there.',
    'そこにあるツールの ID か名前を指定し直してください。',
  ),
  'tool-unreadable': row(
    422,
    false,
    'The agent would not load the file: mend it, or restore the tool from a backup.',
    'エージェントが読めないファイルです。直すか、バックアップから復元してください。',
  ),
  'tool-clash': row(
    409,
    false,
    'Put away or rename what is in the way, then retry, or amend with other tools.',
    '妨げになるツールを退避または改名して再試行するか、別のツールを指定してください。',
  ),
} as const satisfies Record<string, FailureRow>;
