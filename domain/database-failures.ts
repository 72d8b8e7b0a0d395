/** Rows of the failure table that database servers add. */
import { row, type FailureRow } from './failure-row.ts';

export const databaseFailures = {
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
  'may-not-promote': row(
    409,
    false,
    'Promote nothing: two primaries are worse than none. See that the old one is gone, then ask again.',
    '昇格しないでください。二重プライマリは停止より危険です。旧プライマリの停止を確かめて再度確認してください。',
  ),
} as const satisfies Record<string, FailureRow>;
