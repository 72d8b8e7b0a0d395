/** Rows of the failure table that PostgreSQL adds. */
import { row, type FailureRow } from '../failure-row.ts';

export const postgresFailures = {
  'database-refused': row(
    500,
    false,
    'Read what the server said; `GET /v1/targets/{id}/diagnosis` says whether it is well and what our role lacks.',
    'サーバーのメッセージを読み、`GET /v1/targets/{id}/diagnosis` で状態と権限を確かめてください。',
  ),
  'no-primary': row(
    409,
    false,
    'See that exactly one node takes writes; `GET /v1/targets/{id}/diagnosis` names them.',
    '書き込み可能なノードが 1 台だけであることを確かめてください。`GET /v1/targets/{id}/diagnosis` に一覧があります。',
  ),
} as const satisfies Record<string, FailureRow>;
